"""The kill loop: real gateways killed at random while people work, judged by the shop's books."""
