// What the tests make the payment module do wrong from now on; set through /dev/hand.
// refund_delay_ms: a refund waits this long before it goes to the provider, which holds the window
// open between the shop's own check and the payout. lose_refund_every: of every n-th refund the
// provider's answer is lost after the payout; 0: of none. refunds: how many were counted.
module.exports = { refund_delay_ms: 0, lose_refund_every: 0, refunds: 0 }
