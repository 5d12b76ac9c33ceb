"""What can be plugged in: name → "module:attribute", imported when it is asked for.

To add an indicator: one file in `engine/analysis/indicators/` (or one entry in the file of its
family) and one line here. The line also enrols it in its laws and conformance tests, in
`tui-trader indicators list` and in docs/indicators.md. A feature is one entry in a file of
`engine/analysis/features/` and one line here; it then is in every matrix a model sees. A source of
sentiment is one file in `engine/sources/` and one line in SENTIMENT_SOURCES.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from tui_trader.engine.values.errors import PluginError

_INDICATORS = "tui_trader.engine.analysis.indicators"
_FEATURES = "tui_trader.engine.analysis.features"
_MODELS = "tui_trader.engine.learning.models"

INDICATORS: Mapping[str, str] = MappingProxyType(
    {
        "sma": f"{_INDICATORS}.moving_averages:SMA",
        "ema": f"{_INDICATORS}.moving_averages:EMA",
        "wma": f"{_INDICATORS}.moving_averages:WMA",
        "dema": f"{_INDICATORS}.moving_averages:DEMA",
        "tema": f"{_INDICATORS}.moving_averages:TEMA",
        "trima": f"{_INDICATORS}.moving_averages:TRIMA",
        "t3": f"{_INDICATORS}.moving_averages:T3",
        "hma": f"{_INDICATORS}.moving_averages:HMA",
        "rma": f"{_INDICATORS}.moving_averages:RMA",
        "zlema": f"{_INDICATORS}.moving_averages:ZLEMA",
        "vwma": f"{_INDICATORS}.volume_windows:VWMA",
        "midpoint": f"{_INDICATORS}.moving_averages:MIDPOINT",
        "midprice": f"{_INDICATORS}.moving_averages:MIDPRICE",
        "kama": f"{_INDICATORS}.adaptive_averages:KAMA",
        "mama": f"{_INDICATORS}.adaptive_averages:MAMA",
        "linreg": f"{_INDICATORS}.regression:LINREG",
        "linreg_slope": f"{_INDICATORS}.regression:LINREG_SLOPE",
        "linreg_intercept": f"{_INDICATORS}.regression:LINREG_INTERCEPT",
        "tsf": f"{_INDICATORS}.regression:TSF",
        "stddev": f"{_INDICATORS}.regression:STDDEV",
        "variance": f"{_INDICATORS}.regression:VARIANCE",
        "avgdev": f"{_INDICATORS}.regression:AVGDEV",
        "percentile": f"{_INDICATORS}.regression:PERCENTILE",
        "percent_rank": f"{_INDICATORS}.regression:PERCENT_RANK",
        "correl": f"{_INDICATORS}.regression:CORREL",
        "adx": f"{_INDICATORS}.trend_strength:ADX",
        "adxr": f"{_INDICATORS}.trend_strength:ADXR",
        "dx": f"{_INDICATORS}.trend_strength:DX",
        "plus_di": f"{_INDICATORS}.trend_strength:PLUS_DI",
        "minus_di": f"{_INDICATORS}.trend_strength:MINUS_DI",
        "aroon": f"{_INDICATORS}.trend_strength:AROON",
        "aroon_oscillator": f"{_INDICATORS}.trend_strength:AROON_OSCILLATOR",
        "vortex": f"{_INDICATORS}.trend_strength:VORTEX",
        "vhf": f"{_INDICATORS}.trend_strength:VHF",
        "efficiency_ratio": f"{_INDICATORS}.trend_strength:EFFICIENCY_RATIO",
        "parabolic_sar": f"{_INDICATORS}.trend_paths:PARABOLIC_SAR",
        "supertrend": f"{_INDICATORS}.trend_paths:SUPERTREND",
        "heikin_ashi": f"{_INDICATORS}.trend_paths:HEIKIN_ASHI",
        "donchian": f"{_INDICATORS}.trend_paths:DONCHIAN",
        "bollinger": f"{_INDICATORS}.bands:BOLLINGER",
        "keltner": f"{_INDICATORS}.bands:KELTNER",
        "acceleration_bands": f"{_INDICATORS}.bands:ACCELERATION_BANDS",
        "true_range": f"{_INDICATORS}.ranges:TRUE_RANGE",
        "atr": f"{_INDICATORS}.ranges:ATR",
        "natr": f"{_INDICATORS}.ranges:NATR",
        "average_range": f"{_INDICATORS}.ranges:AVERAGE_RANGE",
        "chaikin_volatility": f"{_INDICATORS}.ranges:CHAIKIN_VOLATILITY",
        "mass_index": f"{_INDICATORS}.ranges:MASS_INDEX",
        "relative_volatility": f"{_INDICATORS}.ranges:RELATIVE_VOLATILITY",
        "rsi": f"{_INDICATORS}.oscillators:RSI",
        "stochastic": f"{_INDICATORS}.oscillators:STOCHASTIC",
        "stochastic_fast": f"{_INDICATORS}.oscillators:STOCHASTIC_FAST",
        "stochastic_rsi": f"{_INDICATORS}.oscillators:STOCHASTIC_RSI",
        "kdj": f"{_INDICATORS}.oscillators:KDJ",
        "williams_r": f"{_INDICATORS}.oscillators:WILLIAMS_R",
        "cci": f"{_INDICATORS}.oscillators:CCI",
        "cmo": f"{_INDICATORS}.oscillators:CMO",
        "ultimate": f"{_INDICATORS}.oscillators:ULTIMATE",
        "intraday_momentum": f"{_INDICATORS}.oscillators:INTRADAY_MOMENTUM",
        "smi": f"{_INDICATORS}.oscillators:SMI",
        "momentum": f"{_INDICATORS}.momentum:MOMENTUM",
        "roc": f"{_INDICATORS}.momentum:ROC",
        "bop": f"{_INDICATORS}.momentum:BOP",
        "qstick": f"{_INDICATORS}.momentum:QSTICK",
        "dpo": f"{_INDICATORS}.momentum:DPO",
        "forecast_oscillator": f"{_INDICATORS}.momentum:FORECAST_OSCILLATOR",
        "elder_ray": f"{_INDICATORS}.momentum:ELDER_RAY",
        "macd": f"{_INDICATORS}.momentum_smoothed:MACD",
        "apo": f"{_INDICATORS}.momentum_smoothed:APO",
        "ppo": f"{_INDICATORS}.momentum_smoothed:PPO",
        "trix": f"{_INDICATORS}.momentum_smoothed:TRIX",
        "tsi": f"{_INDICATORS}.momentum_smoothed:TSI",
        "awesome": f"{_INDICATORS}.momentum_smoothed:AWESOME",
        "accelerator": f"{_INDICATORS}.momentum_smoothed:ACCELERATOR",
        "coppock": f"{_INDICATORS}.momentum_smoothed:COPPOCK",
        "obv": f"{_INDICATORS}.volume_lines:OBV",
        "accumulation": f"{_INDICATORS}.volume_lines:ACCUMULATION",
        "price_volume_trend": f"{_INDICATORS}.volume_lines:PRICE_VOLUME_TREND",
        "positive_volume": f"{_INDICATORS}.volume_lines:POSITIVE_VOLUME",
        "negative_volume": f"{_INDICATORS}.volume_lines:NEGATIVE_VOLUME",
        "mfi": f"{_INDICATORS}.volume_flow:MFI",
        "cmf": f"{_INDICATORS}.volume_windows:CMF",
        "chaikin_oscillator": f"{_INDICATORS}.volume_flow:CHAIKIN_OSCILLATOR",
        "force_index": f"{_INDICATORS}.volume_flow:FORCE_INDEX",
        "facilitation": f"{_INDICATORS}.volume_flow:FACILITATION",
        "pvo": f"{_INDICATORS}.volume_flow:PVO",
        "relative_volume": f"{_INDICATORS}.volume_windows:RELATIVE_VOLUME",
        "volume_profile": f"{_INDICATORS}.volume_profile:VOLUME_PROFILE",
        "cvd": f"{_INDICATORS}.order_flow:CVD",
        "taker_imbalance": f"{_INDICATORS}.order_flow:TAKER_IMBALANCE",
        "book_imbalance": f"{_INDICATORS}.order_flow:BOOK_IMBALANCE",
        "cycle_period": f"{_INDICATORS}.cycles:CYCLE_PERIOD",
        "cycle_phase": f"{_INDICATORS}.cycles:CYCLE_PHASE",
        "cycle_phasor": f"{_INDICATORS}.cycles:CYCLE_PHASOR",
        "cycle_sine": f"{_INDICATORS}.cycles:CYCLE_SINE",
        "trend_mode": f"{_INDICATORS}.cycles:TREND_MODE",
        "cycle_trendline": f"{_INDICATORS}.cycles:CYCLE_TRENDLINE",
        "ichimoku": f"{_INDICATORS}.ichimoku:ICHIMOKU",
        "vwap": f"{_INDICATORS}.vwap:VWAP",
        "anchored_vwap": f"{_INDICATORS}.vwap:ANCHORED_VWAP",
        "realised_volatility": f"{_INDICATORS}.year_volatility:REALISED_VOLATILITY",
        "parkinson_volatility": f"{_INDICATORS}.year_volatility:PARKINSON_VOLATILITY",
        "garman_klass_volatility": f"{_INDICATORS}.year_volatility:GARMAN_KLASS_VOLATILITY",
        "zscore": f"{_INDICATORS}.zscore:ZSCORE",
        "fisher": f"{_INDICATORS}.fisher:FISHER",
        "squeeze": f"{_INDICATORS}.squeeze:SQUEEZE",
        "hurst": f"{_INDICATORS}.hurst:HURST",
    }
)

FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "move_1": f"{_FEATURES}.moves:MOVE_1",
        "move_3": f"{_FEATURES}.moves:MOVE_3",
        "move_6": f"{_FEATURES}.moves:MOVE_6",
        "move_12": f"{_FEATURES}.moves:MOVE_12",
        "move_24": f"{_FEATURES}.moves:MOVE_24",
        "move_48": f"{_FEATURES}.moves:MOVE_48",
        "move_1_lag_1": f"{_FEATURES}.moves:MOVE_1_LAG_1",
        "move_1_lag_2": f"{_FEATURES}.moves:MOVE_1_LAG_2",
        "acceleration_12": f"{_FEATURES}.moves:ACCELERATION_12",
        "skew_48": f"{_FEATURES}.moves:SKEW_48",
        "succession_48": f"{_FEATURES}.moves:SUCCESSION_48",
        "rising_share_24": f"{_FEATURES}.moves:RISING_SHARE_24",
        "distance_20": f"{_FEATURES}.trend:DISTANCE_20",
        "distance_50": f"{_FEATURES}.trend:DISTANCE_50",
        "distance_100": f"{_FEATURES}.trend:DISTANCE_100",
        "distance_200": f"{_FEATURES}.trend:DISTANCE_200",
        "slope_24": f"{_FEATURES}.trend:SLOPE_24",
        "place_20": f"{_FEATURES}.trend:PLACE_20",
        "place_55": f"{_FEATURES}.trend:PLACE_55",
        "straightness_24": f"{_FEATURES}.trend:STRAIGHTNESS_24",
        "average_gap_12_48": f"{_FEATURES}.trend:AVERAGE_GAP_12_48",
        "since_high_48": f"{_FEATURES}.trend:SINCE_HIGH_48",
        "since_low_48": f"{_FEATURES}.trend:SINCE_LOW_48",
        "below_high_192": f"{_FEATURES}.trend:BELOW_HIGH_192",
        "rsi_14": f"{_FEATURES}.readings:RSI_14",
        "adx_14": f"{_FEATURES}.readings:ADX_14",
        "mfi_14": f"{_FEATURES}.readings:MFI_14",
        "cmf_20": f"{_FEATURES}.readings:CMF_20",
        "pace_6_48": f"{_FEATURES}.volatility:PACE_6_48",
        "pace_24_96": f"{_FEATURES}.volatility:PACE_24_96",
        "pace_48_192": f"{_FEATURES}.volatility:PACE_48_192",
        "pace_rank_24": f"{_FEATURES}.volatility:PACE_RANK_24",
        "range_now": f"{_FEATURES}.volatility:RANGE_NOW",
        "range_over_pace_24": f"{_FEATURES}.volatility:RANGE_OVER_PACE_24",
        "falling_share_48": f"{_FEATURES}.volatility:FALLING_SHARE_48",
        "largest_24": f"{_FEATURES}.volatility:LARGEST_24",
        "body": f"{_FEATURES}.shape:BODY",
        "body_mean_6": f"{_FEATURES}.shape:BODY_MEAN_6",
        "shadow_balance_12": f"{_FEATURES}.shape:SHADOW_BALANCE_12",
        "volume_now": f"{_FEATURES}.volumes:VOLUME_NOW",
        "volume_6_48": f"{_FEATURES}.volumes:VOLUME_6_48",
        "volume_24_192": f"{_FEATURES}.volumes:VOLUME_24_192",
        "signed_volume_12": f"{_FEATURES}.volumes:SIGNED_VOLUME_12",
        "signed_volume_48": f"{_FEATURES}.volumes:SIGNED_VOLUME_48",
        "volume_with_size_48": f"{_FEATURES}.volumes:VOLUME_WITH_SIZE_48",
        "from_paid_48": f"{_FEATURES}.volumes:FROM_PAID_48",
        "move_1_by_4": f"{_FEATURES}.longer:MOVE_1_BY_4",
        "move_6_by_4": f"{_FEATURES}.longer:MOVE_6_BY_4",
        "distance_20_by_4": f"{_FEATURES}.longer:DISTANCE_20_BY_4",
        "place_20_by_4": f"{_FEATURES}.longer:PLACE_20_BY_4",
        "pace_6_24_by_4": f"{_FEATURES}.longer:PACE_6_24_BY_4",
        "move_1_by_24": f"{_FEATURES}.longer:MOVE_1_BY_24",
        "move_5_by_24": f"{_FEATURES}.longer:MOVE_5_BY_24",
        "distance_10_by_24": f"{_FEATURES}.longer:DISTANCE_10_BY_24",
        "place_14_by_24": f"{_FEATURES}.longer:PLACE_14_BY_24",
        "pace_4_14_by_24": f"{_FEATURES}.longer:PACE_4_14_BY_24",
        "hour_sine": f"{_FEATURES}.calendar:HOUR_SINE",
        "hour_cosine": f"{_FEATURES}.calendar:HOUR_COSINE",
        "week_sine": f"{_FEATURES}.calendar:WEEK_SINE",
        "week_cosine": f"{_FEATURES}.calendar:WEEK_COSINE",
    }
)

MODELS: Mapping[str, str] = MappingProxyType(
    {
        "logistic": f"{_MODELS}.logistic:LOGISTIC",
        "random_forest": f"{_MODELS}.forest:FOREST",
        "boosting": f"{_MODELS}.boosting:BOOSTING",
        "lightgbm": f"{_MODELS}.light_gbm:LIGHTGBM",
    }
)

_SOURCES = "tui_trader.engine.sources"

SENTIMENT_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "fear_greed": f"{_SOURCES}.fear_greed:fear_greed",
        "headlines": f"{_SOURCES}.headlines:headlines",
    }
)
"""Each names a `SourceFactory`, by the part of the score it feeds (`analysis/sentiment.py`)."""


_STRATEGIES = "tui_trader.engine.strategies"

STRATEGIES: Mapping[str, str] = MappingProxyType(
    {
        "sma_cross": f"{_STRATEGIES}.averages:SMA_CROSS",
        "ema_cross": f"{_STRATEGIES}.averages:EMA_CROSS",
        "macd": f"{_STRATEGIES}.macd:MACD",
        "rsi_reversion": f"{_STRATEGIES}.reversion:RSI_REVERSION",
        "bollinger_reversion": f"{_STRATEGIES}.reversion:BOLLINGER_REVERSION",
        "donchian_breakout": f"{_STRATEGIES}.breakout:DONCHIAN_BREAKOUT",
        "supertrend": f"{_STRATEGIES}.breakout:SUPERTREND_BREAKOUT",
        "two_timeframes": f"{_STRATEGIES}.two_timeframes:TWO_TIMEFRAMES",
        "rotation": f"{_STRATEGIES}.rotation:ROTATION",
        "ensemble": f"{_STRATEGIES}.ensemble:ENSEMBLE",
        "buy_and_hold": f"{_STRATEGIES}.controls:BUY_AND_HOLD",
        "random_entry": f"{_STRATEGIES}.controls:RANDOM_ENTRY",
    }
)


def load(place: str) -> object:
    """The thing that a line of the registry names.

    Args:
        place: "module:attribute".

    Raises:
        PluginError: there is no such module or attribute.
    """
    module_name, _, attribute = place.partition(":")
    try:
        return getattr(import_module(module_name), attribute)
    except (ImportError, AttributeError) as fault:
        message = f"{place} cannot be loaded: {fault}"
        raise PluginError(message) from fault
