"""`tui-trader data download`: the past of one pair, from its venue into the store."""

import argparse
import asyncio
import os
from typing import NamedTuple
from urllib.parse import urlsplit

from tui_trader.cli.candle_options import interval_named, moment_named
from tui_trader.cli.demo_exchange import demo_venue
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.held_interrupt import held_interrupt
from tui_trader.cli.narration import answer, counted, tell
from tui_trader.cli.progress import ProgressLine
from tui_trader.cli.surroundings import chosen_config_file, chosen_home, chosen_mode
from tui_trader.cli.table import moment, print_json
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.exchanges.kraken.adapter import KrakenFeed, VenueConfig
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.session.download import Download, DownloadReport, Wanted
from tui_trader.engine.stores.candles.file_names import symbol_named
from tui_trader.engine.stores.candles.layout import series_of
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.stores.candles.venue_store import VenueCandleStore
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.errors import ConfigError, NothingRunning, TemporaryFault
from tui_trader.engine.values.text import sanitize

DEMO = "demo"
KRAKEN = "kraken"


class _Place(NamedTuple):
    """Where to ask, and under which venue to keep the answer."""

    rest_url: str
    venue: str


def download_candles(args: argparse.Namespace) -> int:
    """Fetch and store.

    Raises:
        ConfigError: the call is wrong.
        NothingRunning: no demo exchange runs in this home.
        RejectedByExchange: it does not list the pair.
        TemporaryFault: it did not answer; what came before is stored.
    """
    wanted = _wanted(args)
    place = _place(args)
    series = series_of(place.venue, wanted.symbol, wanted.interval)
    home = chosen_home(args)
    Home(home).prepare()
    store = VenueCandleStore(ParquetCandleStore(home, shield=held_interrupt), place.venue)
    tell(f"{series} from {place.rest_url}")
    try:
        report = asyncio.run(_fetch(place, store, wanted))
    except KeyboardInterrupt:
        tell("interrupted; what came is stored, and the same call goes on from there")
        raise
    except TemporaryFault as fault:
        message = f"{fault}; what came before is stored, and the same call goes on from there"
        raise TemporaryFault(message) from fault
    if args.json:
        print_json(_document(report, args, place))
    else:
        _show(report)
    return EXIT_OK


async def _fetch(place: _Place, store: VenueCandleStore, wanted: Wanted) -> DownloadReport:
    config = VenueConfig(rest_url=place.rest_url, ws_public_url="", ws_private_url="")
    feed = KrakenFeed(config, SystemClock(), chance=_no_chance)
    try:
        with ProgressLine() as progress:
            return await Download(
                feed, store, wanted, progress=lambda share: progress.show(share, wanted.symbol)
            ).run()
    finally:
        await feed.close()


def _wanted(args: argparse.Namespace) -> Wanted:
    interval = interval_named(args.timeframe)
    symbol = symbol_named(args.pair)
    # Checked here, before anything is asked for.
    series_of(KRAKEN, symbol, interval)
    now_ms = SystemClock().now_ms()
    start_ms = None if args.start is None else moment_named(args.start, "--start")
    end_ms = now_ms if args.end is None else min(now_ms, moment_named(args.end, "--end"))
    if start_ms is not None and start_ms >= end_ms:
        message = f"--start {moment(start_ms)} is not before the end, {moment(end_ms)}"
        raise ConfigError(message)
    return Wanted(symbol, interval, start_ms, end_ms)


def _place(args: argparse.Namespace) -> _Place:
    venue = args.venue or (DEMO if chosen_mode(args) == DEMO else KRAKEN)
    if args.rest_url is not None:
        return _Place(_checked_url(args.rest_url), venue)
    if venue == DEMO:
        found = demo_venue(chosen_home(args))
        if found is None:
            message = (
                "no demo exchange runs in this home: start the engine, name another --home, or download "
                "from Kraken with --venue kraken"
            )
            raise NothingRunning(message)
        return _Place(found.rest_url, venue)
    loaded = load_settings(
        config_file=chosen_config_file(args), home=chosen_home(args), environ=os.environ
    )
    return _Place(loaded.settings.venue.rest_url, venue)


def _checked_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname:
        message = (
            f"--rest-url {sanitize(text)!r} is no address; write it like https://api.kraken.com"
        )
        raise ConfigError(message)
    return text.rstrip("/")


def _show(report: DownloadReport) -> None:
    if report.resumed_ms is not None:
        tell(f"went on at {moment(report.resumed_ms)}, where the last call had stopped")
    answer(
        f"{counted(report.from_candles + report.from_trades, 'candle')} stored: "
        f"{report.from_candles:,} as the venue gives them, {report.from_trades:,} made of its trades "
        f"({counted(report.pages, 'page')})"
    )
    if report.checked:
        unlike = f"{report.unlike:,} unlike" if report.unlike else "all alike"
        answer(f"{counted(report.checked, 'made candle')} held against the venue's own: {unlike}")
    if report.first_unlike_ms is not None:
        tell(f"the first that is unlike begins at {moment(report.first_unlike_ms)}")
    if report.doubtful_ms is not None:
        tell(
            f"the venue's trades begin within the candle of {moment(report.doubtful_ms)}; it is left out, "
            "because it may lack some"
        )
    if report.differing:
        tell(f"{counted(report.differing, 'stored candle')} said something else and were replaced")


def _document(report: DownloadReport, args: argparse.Namespace, place: _Place) -> dict[str, object]:
    return {
        "venue": place.venue,
        "pair": symbol_named(args.pair),
        "timeframe": args.timeframe,
        "from_candles": report.from_candles,
        "from_trades": report.from_trades,
        "differing": report.differing,
        "checked": report.checked,
        "unlike": report.unlike,
        "first_unlike_ms": report.first_unlike_ms,
        "pages": report.pages,
        "doubtful_ms": report.doubtful_ms,
        "resumed_ms": report.resumed_ms,
    }


def _no_chance() -> float:
    """No link is opened here, so none has to be spread."""
    return 0.0
