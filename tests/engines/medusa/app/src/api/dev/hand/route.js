// TEST-ONLY: sets what src/hand.js names; answers what is set.
const hand = require("../../../hand")

module.exports.POST = async (req, res) => {
  for (const name of Object.keys(hand)) if (name in req.body) hand[name] = Number(req.body[name])
  res.json(hand)
}
