// A payment method that speaks to a Stripe-compatible server as the official Stripe plugin does:
// one payment intent with the order's code in its metadata; capture and cancel by its id; refunds
// with neither key nor metadata. Metadata of the storefront: `intent` (one that the customer paid in
// his browser) or `card` (a number that is charged at once), and what shall go wrong:
//   break_start                        the provider cannot be reached
//   decline_capture, decline_refund    refused before the provider is asked
//   lose_capture, lose_refund, lose_cancel    done at the provider, and its answer is lost
//   pending_refund                     paid out, and the shop is told that it is on its way
//   official_refund_id                 the refund's row bears the payment's reference (the official plugin's way)
const { LanguageCode, PaymentMethodHandler } = require("@vendure/core")
const { hand } = require("./hand")

const place = { url: process.env.STRIPE_URL, key: process.env.STRIPE_KEY }
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

const ask = async (method, path, fields) => {
  const answer = await fetch(place.url + path, {
    method,
    headers: { Authorization: `Bearer ${place.key}`, "Content-Type": "application/x-www-form-urlencoded" },
    body: method === "POST" ? new URLSearchParams(fields || {}).toString() : undefined,
  })
  const said = await answer.json().catch(() => ({}))
  if (!answer.ok) {
    const error = new Error(`provider: ${said.error?.message || answer.status}`)
    error.declined = answer.status === 402
    throw error
  }
  return said
}

const lost = (payment, what) => {
  if (payment.metadata[`lose_${what}`]) throw new Error(`provider: socket hang up (${what})`)
}

const begin = async (order, amount, manual, card) => {
  const customer = await ask("POST", "/v1/customers", { email: order.customer?.emailAddress || "" })
  const method = await ask("POST", "/v1/payment_methods", {
    type: "card",
    "card[number]": card,
    "card[exp_month]": "12",
    "card[exp_year]": "2030",
    "card[cvc]": "123",
  })
  await ask("POST", `/v1/payment_methods/${method.id}/attach`, { customer: customer.id })
  return ask("POST", "/v1/payment_intents", {
    amount: String(amount),
    currency: order.currencyCode.toLowerCase(),
    customer: customer.id,
    payment_method: method.id,
    capture_method: manual ? "manual" : "automatic",
    "metadata[orderCode]": order.code,
    "metadata[orderId]": String(order.id),
  })
}

const stripeLike = new PaymentMethodHandler({
  code: "stripe-like",
  description: [{ languageCode: LanguageCode.en, value: "Stripe-compatible provider of the tests" }],
  args: { automaticCapture: { type: "boolean", required: true, defaultValue: true } },

  createPayment: async (ctx, order, amount, args, metadata) => {
    if (metadata.break_start) {
      return { amount, state: "Error", errorMessage: "provider: connection reset", metadata }
    }
    let intent
    if (metadata.intent) {
      intent = await ask("GET", `/v1/payment_intents/${metadata.intent}`)
    } else {
      const begun = await begin(order, amount, !args.automaticCapture, metadata.card)
      try {
        intent = await ask("POST", `/v1/payment_intents/${begun.id}/confirm`)
      } catch (error) {
        if (!error.declined) throw error
        return { amount, state: "Declined", transactionId: begun.id, errorMessage: error.message, metadata }
      }
    }
    const state = { succeeded: "Settled", requires_capture: "Authorized" }[intent.status]
    if (!state) return { amount, state: "Error", transactionId: intent.id, errorMessage: `provider: ${intent.status}`, metadata }
    return { amount: intent.amount, state, transactionId: intent.id, metadata }
  },

  settlePayment: async (ctx, order, payment) => {
    if (payment.metadata.decline_capture) {
      return { success: false, errorMessage: "provider: authorization expired" }
    }
    if (hand.capture_delay_ms > 0) await pause(hand.capture_delay_ms)
    try {
      await ask("POST", `/v1/payment_intents/${payment.transactionId}/capture`)
    } catch (error) {
      return { success: false, errorMessage: error.message }
    }
    lost(payment, "capture")
    return { success: true }
  },

  cancelPayment: async (ctx, order, payment) => {
    try {
      await ask("POST", `/v1/payment_intents/${payment.transactionId}/cancel`)
    } catch (error) {
      return { success: false, errorMessage: error.message }
    }
    lost(payment, "cancel")
    return { success: true }
  },

  createRefund: async (ctx, input, amount, order, payment) => {
    if (payment.metadata.decline_refund) return { state: "Failed", metadata: { errorMessage: "provider: refund declined" } }
    if (hand.refund_delay_ms > 0) await pause(hand.refund_delay_ms)
    const refund = await ask("POST", "/v1/refunds", { payment_intent: payment.transactionId, amount: String(amount) })
    lost(payment, "refund")
    hand.refunds += 1
    if (hand.lose_refund_every > 0 && hand.refunds % hand.lose_refund_every === 0) {
      throw new Error("provider: socket hang up (refund)")
    }
    // A handler that says `Pending` makes the shop fail; one that says nothing leaves it so.
    if (payment.metadata.pending_refund) return undefined
    return { state: "Settled", transactionId: payment.metadata.official_refund_id ? payment.transactionId : refund.id }
  },
})

module.exports = { stripeLike }
