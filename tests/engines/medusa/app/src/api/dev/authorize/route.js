// TEST-ONLY: what a provider's webhook that overtakes the customer leaves behind: the session is
// authorised (a payment row exists) and no cart was completed. No route of the shop itself does it.
module.exports.POST = async (req, res) => {
  const payments = req.scope.resolve("payment")
  const payment = await payments.authorizePaymentSession(req.body.session_id, {})
  res.json({ payment_id: payment.id })
}
