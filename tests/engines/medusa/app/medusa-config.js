// The shop under test: Medusa with PostgreSQL and a payment module that speaks to a Stripe-compatible
// server. Everything that differs from run to run comes from the environment (bringup.py).
const { defineConfig } = require("@medusajs/framework/utils")

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { ssl: false, connection: { ssl: false } },
    http: {
      storeCors: "http://127.0.0.1",
      adminCors: "http://127.0.0.1",
      authCors: "http://127.0.0.1",
      jwtSecret: process.env.JWT_SECRET,
      cookieSecret: process.env.COOKIE_SECRET,
    },
    workerMode: "shared",
  },
  admin: { disable: true },
  modules: [
    {
      resolve: "@medusajs/medusa/payment",
      options: {
        providers: [
          {
            resolve: "./src/modules/stripe-like",
            id: "test",
            options: { url: process.env.STRIPE_URL, key: process.env.STRIPE_KEY },
          },
        ],
      },
    },
  ],
})
