"""The desktop client of call-centre agents and team leads; talks to the gateway only."""
