// The shop under test: Vendure on SQLite with a payment method that speaks to a Stripe-compatible
// server. Everything that differs from run to run comes from the environment (bringup.py).
const { DefaultLogger, LogLevel, dummyPaymentHandler } = require("@vendure/core")
const { stripeLike } = require("./stripe-like")

const config = {
  logger: new DefaultLogger({ level: LogLevel.Warn, timestamp: true }),
  apiOptions: {
    hostname: "127.0.0.1",
    port: Number(process.env.SHOP_PORT),
    adminApiPath: "admin-api",
    shopApiPath: "shop-api",
  },
  authOptions: {
    tokenMethod: ["bearer", "api-key"],
    superadminCredentials: { identifier: "superadmin", password: process.env.ADMIN_PASSWORD },
    cookieOptions: { secret: process.env.COOKIE_SECRET },
    requireVerification: false,
  },
  dbConnectionOptions: {
    type: "better-sqlite3",
    database: process.env.DATABASE,
    synchronize: process.env.SYNCHRONIZE === "1",
    enableWAL: true,
  },
  paymentOptions: { paymentMethodHandlers: [stripeLike, dummyPaymentHandler] },
  plugins: [],
}

module.exports = { config }
