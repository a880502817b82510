// Makes the tables and what the shop sells, once; prices are major units without tax.
const path = require("path")
const { LanguageCode, bootstrap } = require("@vendure/core")
const { populate } = require("@vendure/core/cli")
const { config } = require("./config")

const method = (name, automatic) => ({
  name,
  handler: { code: "stripe-like", arguments: [{ name: "automaticCapture", value: String(automatic) }] },
})
const initial = {
  defaultLanguage: LanguageCode.en,
  defaultZone: "Europe",
  roles: [],
  taxRates: [{ name: "Standard Tax", percentage: 20 }],
  countries: [
    { name: "Germany", code: "DE", zone: "Europe" },
    { name: "Denmark", code: "DK", zone: "Europe" },
  ],
  shippingMethods: [{ name: "Standard Shipping", price: 500 }],
  paymentMethods: [method("card", true), method("card-later", false)],
  collections: [],
}

populate(() => bootstrap(config), initial, path.join(__dirname, "products.csv"))
  .then((app) => app.close())
  .then(() => process.exit(0))
  .catch((error) => {
    console.error(error)
    process.exit(1)
  })
