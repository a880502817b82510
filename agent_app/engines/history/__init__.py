"""The history shop: real or sample order histories from CSV files behind the port, read only."""

from agent_app.engines.history.rows import HistoryUnreadable as HistoryUnreadable
from agent_app.engines.history.shop import HistoryShop as HistoryShop
from agent_app.engines.history.shop import open_history as open_history
