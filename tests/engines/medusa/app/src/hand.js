// What the tests make the payment module do wrong from now on; set through /dev/hand.
// refund_delay_ms: a refund waits this long before it goes to the provider, which holds the window
// open between the shop's own check and the payout.
module.exports = { refund_delay_ms: 0 }
