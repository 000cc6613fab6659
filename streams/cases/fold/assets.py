"""Assets of a case: what was found, controlled, priced, auctioned, released or handed over."""

from streams.cases.fold import accruals
from streams.cases.fold.handling import Data, Handled, Handler, fill, handled


def _asset(values: Data, asset_id: str) -> Data:
    """The asset, made on first sight."""
    blank = {"state": "discovered", "rounds": 0, "indivisible": False, "exempt": False}
    asset: Data = values["assets"].setdefault(asset_id, blank)
    return asset


def _discovered(values: Data, data: Data) -> None:
    asset = _asset(values, data["asset_id"])
    fill(asset, data, owner="owner_ref", encumbrance_fen="encumbrance_fen")
    fill(asset, data, indivisible="indivisible", exempt="exempt", **{"class": "class"})
    fill(_worth(values, data["asset_id"]), data, estimate="est_value_fen")
    _value(values, data["asset_id"])


def _controlled(values: Data, data: Data) -> None:
    asset = _asset(values, data["asset_id"])
    asset["state"] = "controlled"
    fill(asset, data, rank="rank", expires_on="expires_on")
    fill(_worth(values, data["asset_id"]), data, amount="amount_fen")
    _value(values, data["asset_id"])


def _worth(values: Data, asset_id: str) -> Data:
    """What was estimated and what was controlled, in fen, as last told."""
    worth: Data = values.setdefault("_worth", {}).setdefault(asset_id, {})
    return worth


def _value(values: Data, asset_id: str) -> None:
    """A deposit is worth what was frozen of it, in whatever order that became known; anything else its estimate."""
    asset, worth = values["assets"][asset_id], _worth(values, asset_id)
    value = worth.get("estimate")
    if asset.get("class") == "deposit":
        value = worth.get("amount", value)
    if value is not None:
        asset["value_fen"] = value


def _take(**names: str) -> Handler:
    def handler(values: Data, data: Data) -> None:
        fill(_asset(values, data["asset_id"]), data, **names)

    return handler


def _become(state: str) -> Handler:
    def handler(values: Data, data: Data) -> None:
        _asset(values, data["asset_id"])["state"] = state

    return handler


def _released(values: Data, data: Data) -> None:
    if data.get("scope") != "部分":
        _asset(values, data["asset_id"])["state"] = "released"


def _in_kind(values: Data, data: Data) -> None:
    _asset(values, data["asset_id"])["state"] = "in_kind"
    value = data.get("value_fen") or 0
    values["in_kind_fen"] += value
    values["performed_fen"] += value
    accruals.lessened(values, value)


def _announced(values: Data, data: Data) -> None:
    asset_id = data.get("asset_id")
    auction = values["auctions"].setdefault(data["auction_id"], {"state": "announced"})
    fill(auction, data, asset_id="asset_id", round="round")
    auction["state"] = "announced"
    if asset_id is not None:
        _asset(values, asset_id)["rounds"] += 1


def _auction(state: str, asset_state: str = "") -> Handler:
    """A step of an auction, and what it makes of the asset that was announced in it."""

    def handler(values: Data, data: Data) -> None:
        auction = values["auctions"].setdefault(data["auction_id"], {})
        auction["state"] = state
        asset_id = auction.get("asset_id")
        if asset_state and asset_id is not None:
            _asset(values, asset_id)["state"] = asset_state

    return handler


def _refused_in_kind(values: Data, data: Data) -> None:
    """Nobody bought the asset and the creditor doesn't take it."""
    asset_id = data.get("asset_id") or values["auctions"].get(data["auction_id"], {}).get("asset_id")
    if asset_id is not None:
        _asset(values, asset_id)["state"] = "unsold"


HANDLED: dict[str, Handled] = {
    "asset.discovered": handled(
        _discovered, "asset_id", "class", "owner_ref", "est_value_fen", "encumbrance_fen", "indivisible", "exempt"
    ),
    "asset.controlled": handled(_controlled, "asset_id", "rank", "expires_on", "amount_fen"),
    "asset.renewed": handled(_take(expires_on="expires_on"), "asset_id", "expires_on"),
    "asset.released": handled(_released, "asset_id", "scope"),
    "asset.paid_over": handled(_become("paid_over"), "asset_id"),
    "asset.not_found": handled(_become("not_found"), "asset_id"),
    "asset.in_kind_settled": handled(_in_kind, "asset_id", "value_fen"),
    "asset.price_determined": handled(
        _take(price_fen="price_fen", valid_on="valid_until_on"), "asset_id", "price_fen", "valid_until_on"
    ),
    "auction.announced": handled(_announced, "auction_id", "asset_id", "round"),
    "auction.failed": handled(_auction("failed"), "auction_id"),
    "auction.sold": handled(_auction("sold", "sold"), "auction_id"),
    "auction.delivered": handled(_auction("delivered"), "auction_id"),
    "auction.refused_in_kind": handled(_refused_in_kind, "auction_id", "asset_id"),
    "auction.revoked": handled(_auction("revoked", "controlled"), "auction_id"),
}
