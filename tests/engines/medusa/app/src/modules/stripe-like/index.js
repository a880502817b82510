// A payment module that speaks to a Stripe-compatible server as the official Stripe module does:
// one payment intent per session with the session's id in its metadata, authorise = read its status,
// refunds without metadata. Session data of the storefront: `metadata`, `email`, `capture_method`,
// and what shall go wrong:
//   defer          the order is taken before the money is there, as with bank transfers
//   break_start    no payment intent can be made
//   decline_capture, decline_refund    refused before the provider is asked
//   lose_capture, lose_refund, lose_cancel    done at the provider, and its answer is lost
const { AbstractPaymentProvider, MedusaError, ModuleProvider, Modules } = require("@medusajs/framework/utils")
const hand = require("../../hand")

const NO_DECIMALS = new Set(["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"])
const THREE_DECIMALS = new Set(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])
const STATUS = {
  requires_payment_method: "pending",
  requires_confirmation: "pending",
  processing: "pending_authorization",
  requires_action: "requires_more",
  canceled: "canceled",
  requires_capture: "authorized",
  succeeded: "captured",
}

const minor = (amount, currency) => {
  const code = currency.toLowerCase()
  const digits = NO_DECIMALS.has(code) ? 0 : THREE_DECIMALS.has(code) ? 3 : 2
  return Math.round(Number(amount?.value ?? amount) * 10 ** digits)
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

class StripeLike extends AbstractPaymentProvider {
  constructor(container, options) {
    super(container, options)
    this.place = options
  }

  async ask(method, path, form) {
    const pairs = []
    const flatten = (value, name) => {
      if (value === undefined || value === null) return
      if (typeof value !== "object") return pairs.push([name, String(value)])
      for (const [key, inner] of Object.entries(value)) flatten(inner, name ? `${name}[${key}]` : key)
    }
    flatten(form || {}, "")
    const answer = await fetch(this.place.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.place.key}`, "Content-Type": "application/x-www-form-urlencoded" },
      body: method === "POST" ? new URLSearchParams(pairs).toString() : undefined,
    })
    const said = await answer.json().catch(() => ({}))
    if (!answer.ok) {
      throw new MedusaError("payment_authorization_error", `provider: ${said.error?.message || answer.status}`)
    }
    return said
  }

  lost(data, what) {
    if (data?.[`lose_${what}`]) throw new Error(`provider: socket hang up (${what})`)
  }

  async initiatePayment({ amount, currency_code, data = {} }) {
    if (data.break_start) throw new MedusaError("unexpected_state", "provider: connection reset")
    const customer = data.email ? await this.ask("POST", "/v1/customers", { email: data.email }) : undefined
    const intent = await this.ask("POST", "/v1/payment_intents", {
      amount: minor(amount, currency_code),
      currency: currency_code,
      customer: customer?.id,
      capture_method: data.capture_method || "manual",
      metadata: { ...(data.metadata || {}), session_id: data.session_id },
    })
    return { id: intent.id, status: "pending", data: { ...data, ...intent } }
  }

  async updatePayment({ amount, currency_code, data = {} }) {
    const intent = await this.ask("POST", `/v1/payment_intents/${data.id}`, { amount: minor(amount, currency_code) })
    return { data: { ...data, ...intent } }
  }

  async deletePayment(input) {
    return this.cancelPayment(input)
  }

  async getPaymentStatus({ data = {} }) {
    const intent = await this.ask("GET", `/v1/payment_intents/${data.id}`)
    const said = STATUS[intent.status]
    const status = data.defer && said === "pending" ? "pending_authorization" : said
    return { status, data: { ...data, ...intent } }
  }

  async authorizePayment(input) {
    return this.getPaymentStatus(input)
  }

  async retrievePayment({ data = {} }) {
    return { data: { ...data, ...(await this.ask("GET", `/v1/payment_intents/${data.id}`)) } }
  }

  async capturePayment({ data = {} }) {
    if (data.decline_capture) throw new MedusaError("payment_authorization_error", "provider: authorization expired")
    const now = await this.ask("GET", `/v1/payment_intents/${data.id}`)
    // As the official module does: captured already is no error.
    const intent = now.status === "succeeded" ? now : await this.ask("POST", `/v1/payment_intents/${data.id}/capture`)
    this.lost(data, "capture")
    return { data: { ...data, ...intent } }
  }

  async refundPayment({ amount, data = {} }) {
    if (data.decline_refund) throw new MedusaError("not_allowed", "provider: refund declined")
    if (hand.refund_delay_ms > 0) await pause(hand.refund_delay_ms)
    await this.ask("POST", "/v1/refunds", { payment_intent: data.id, amount: minor(amount, data.currency) })
    this.lost(data, "refund")
    hand.refunds += 1
    if (hand.lose_refund_every > 0 && hand.refunds % hand.lose_refund_every === 0) {
      throw new Error("provider: socket hang up (refund)")
    }
    return { data }
  }

  async cancelPayment({ data = {} }) {
    if (!data.id) return { data }
    const now = await this.ask("GET", `/v1/payment_intents/${data.id}`)
    if (now.status === "canceled") return { data: { ...data, ...now } }
    const intent = await this.ask("POST", `/v1/payment_intents/${data.id}/cancel`)
    this.lost(data, "cancel")
    return { data: { ...data, ...intent } }
  }

  async getWebhookActionAndData() {
    return { action: "not_supported" }
  }
}
StripeLike.identifier = "stripe"

module.exports.default = ModuleProvider(Modules.PAYMENT, { services: [StripeLike] })
