// What the tests make the payment method do wrong from now on; set through the control port.
// refund_delay_ms, capture_delay_ms: the request waits this long before it goes to the provider,
// which holds the window open between the shop's own check and the money's move.
// lose_refund_every: of every n-th refund the provider's answer is lost after the payout; 0: of
// none. refunds: how many were counted.
const http = require("http")

const hand = { refund_delay_ms: 0, capture_delay_ms: 0, lose_refund_every: 0, refunds: 0 }

const listen = (port) =>
  http
    .createServer((req, res) => {
      let text = ""
      req.on("data", (part) => (text += part))
      req.on("end", () => {
        const told = text ? JSON.parse(text) : {}
        for (const name of Object.keys(hand)) if (name in told) hand[name] = Number(told[name])
        res.setHeader("Content-Type", "application/json")
        res.end(JSON.stringify(hand))
      })
    })
    .listen(port, "127.0.0.1")

module.exports = { hand, listen }
