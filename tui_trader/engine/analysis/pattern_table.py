"""The 61 candlestick patterns of TA-Lib in plain words.

The names of the functions are TA-Lib's. Its sign says the colour of the last candle for some patterns
and the direction for others; `Lean` says which is meant.

A row: function | name | way it speaks, and whether a later candle confirms it | meaning.
"""

from enum import Enum

import msgspec


class Lean(Enum):
    """Which way a pattern speaks."""

    BULLISH = "bullish"
    BEARISH = "bearish"
    NEUTRAL = "neutral"
    AS_SIGNED = "either"
    """Bullish where TA-Lib's value is above 0, bearish where it is below."""


class Pattern(msgspec.Struct, frozen=True):
    """One pattern.

    Args:
        function: TA-Lib's name.
        name: Its usual name.
        lean: Which way it speaks.
        meaning: What happened, and what it is said to mean.
        is_confirmed_later: It is seen only once a later candle confirms it.
    """

    function: str
    name: str
    lean: Lean
    meaning: str
    is_confirmed_later: bool = False


_TABLE = """\
CDL2CROWS | Two Crows | bearish | After a long rise two falling candles eat a gap: the rise is tired.
CDL3BLACKCROWS | Three Black Crows | bearish | Three long falling candles in a row, each opening inside the one before: sellers rule.
CDL3INSIDE | Three Inside | either | A small candle inside a long one, then a close beyond it: the move turns.
CDL3LINESTRIKE | Three-Line Strike | either | Three candles one way, and one that takes all of it back: often the three go on.
CDL3OUTSIDE | Three Outside | either | A candle that swallows the one before, and a third that goes on: the move turns.
CDL3STARSINSOUTH | Three Stars in the South | bullish | Three falling candles, each smaller than the last: the fall runs out.
CDL3WHITESOLDIERS | Three White Soldiers | bullish | Three long rising candles in a row, each opening inside the one before: buyers rule.
CDLABANDONEDBABY | Abandoned Baby | either | A doji alone beyond a gap on either side: the move is left behind.
CDLADVANCEBLOCK | Advance Block | bearish | Three rising candles with ever smaller bodies and longer upper shadows: the rise tires.
CDLBELTHOLD | Belt Hold | either | A long candle that opens at its end: one side had it from the first trade.
CDLBREAKAWAY | Breakaway | either | A gap in the direction of the move, and a long candle back into it: the move turns.
CDLCLOSINGMARUBOZU | Closing Marubozu | either | A long candle that closes at its end: one side had it to the last trade.
CDLCONCEALBABYSWALL | Concealing Baby Swallow | bullish | Four falling candles of which the last swallows the one before: the fall ends in a rush.
CDLCOUNTERATTACK | Counterattack | either | A long candle the other way that closes where the last one did: the other side answers.
CDLDARKCLOUDCOVER | Dark Cloud Cover | bearish | Opens above the last high and closes deep in the last body: sellers take over.
CDLDOJI | Doji | neutral | Closes where it opened: nobody won.
CDLDOJISTAR | Doji Star | either | A doji beyond a gap after a long candle: the move hesitates.
CDLDRAGONFLYDOJI | Dragonfly Doji | bullish | Closes where it opened, at its high, after a long dip: the dip was bought.
CDLENGULFING | Engulfing | either | A body that swallows the one before, the other way: the other side took over.
CDLEVENINGDOJISTAR | Evening Doji Star | bearish | A long rise, a doji above a gap, and a fall deep into the rise: the top.
CDLEVENINGSTAR | Evening Star | bearish | A long rise, a small body above a gap, and a fall deep into the rise: the top.
CDLGAPSIDESIDEWHITE | Side-by-Side White Lines | either | Two like rising candles beyond a gap: the move of the gap goes on.
CDLGRAVESTONEDOJI | Gravestone Doji | bearish | Closes where it opened, at its low, after a long reach up: the reach was sold.
CDLHAMMER | Hammer | bullish | A small body at the top and a long shadow below, after a fall: the fall was bought.
CDLHANGINGMAN | Hanging Man | bearish | A hammer after a rise: sellers were there.
CDLHARAMI | Harami | either | A small body inside the long one before: the move pauses and may turn.
CDLHARAMICROSS | Harami Cross | either | A doji inside the long body before: the move stops and may turn.
CDLHIGHWAVE | High Wave | neutral | A small body between very long shadows: both sides fight, nobody wins.
CDLHIKKAKE | Hikkake | either confirmed | A break out of an inside candle that fails, confirmed by a close back beyond it.
CDLHIKKAKEMOD | Modified Hikkake | either confirmed | A hikkake after two inside candles at the end of a move, confirmed by a close beyond.
CDLHOMINGPIGEON | Homing Pigeon | bullish | A small falling body inside a long falling one: the fall slows.
CDLIDENTICAL3CROWS | Identical Three Crows | bearish | Three falling candles, each opening where the last one closed: sellers in a hurry.
CDLINNECK | In-Neck | bearish | A rise that only just gets into the body of the fall before: the fall goes on.
CDLINVERTEDHAMMER | Inverted Hammer | bullish | A small body at the bottom and a long shadow above, after a fall: buyers try.
CDLKICKING | Kicking | either | A candle without shadows, a gap, and one the other way: a shock.
CDLKICKINGBYLENGTH | Kicking by Length | either | The same shock, and the longer of the two candles says which way.
CDLLADDERBOTTOM | Ladder Bottom | bullish | Four falling candles, then a gap up and a rise: the bottom.
CDLLONGLEGGEDDOJI | Long-Legged Doji | neutral | Closes where it opened after a long way: nobody won, both tried.
CDLLONGLINE | Long Line | either | A long body with short shadows: one side had it.
CDLMARUBOZU | Marubozu | either | A long body without shadows: one side had it from first to last.
CDLMATCHINGLOW | Matching Low | bullish | Two falling candles with one close: somebody buys there.
CDLMATHOLD | Mat Hold | bullish | A long rise, a rest above a gap, and a new high: the rise goes on.
CDLMORNINGDOJISTAR | Morning Doji Star | bullish | A long fall, a doji below a gap, and a rise deep into the fall: the bottom.
CDLMORNINGSTAR | Morning Star | bullish | A long fall, a small body below a gap, and a rise deep into the fall: the bottom.
CDLONNECK | On-Neck | bearish | A rise that only just gets to the low of the fall before: the fall goes on.
CDLPIERCING | Piercing | bullish | Opens below the last low and closes deep in the last body: buyers take over.
CDLRICKSHAWMAN | Rickshaw Man | neutral | A long-legged doji with its body in the middle: balance.
CDLRISEFALL3METHODS | Rising or Falling Three Methods | either | A long candle, a rest inside its range, and another one on: the move goes on.
CDLSEPARATINGLINES | Separating Lines | either | Opens where the candle before opened, and goes the other way: the move goes on.
CDLSHOOTINGSTAR | Shooting Star | bearish | A small body at the bottom and a long shadow above, after a rise: the rise was sold.
CDLSHORTLINE | Short Line | neutral | A short body with short shadows: nothing to see.
CDLSPINNINGTOP | Spinning Top | neutral | A small body with longer shadows: nobody won.
CDLSTALLEDPATTERN | Stalled Pattern | bearish | Two long rising candles and a small one at their top: the rise stalls.
CDLSTICKSANDWICH | Stick Sandwich | bullish | Two falling candles with one close, and a rise between: somebody buys there.
CDLTAKURI | Takuri | bullish | A dragonfly with a very long shadow: the dip was bought hard.
CDLTASUKIGAP | Tasuki Gap | either | A candle back into a gap that does not close it: the move of the gap goes on.
CDLTHRUSTING | Thrusting | bearish | A rise into the body of the fall before, but not to its middle: the fall goes on.
CDLTRISTAR | Tristar | either | Three dojis, the middle one beyond a gap: the move has lost its way, and turns.
CDLUNIQUE3RIVER | Unique Three River | bullish | A long fall, a hammer with a new low, and a small rise below it: the bottom.
CDLUPSIDEGAP2CROWS | Upside Gap Two Crows | bearish | Two falling candles above a gap, the second around the first: the rise is tired.
CDLXSIDEGAP3METHODS | Gap Three Methods | either | A candle that closes the gap between two of one kind: the move of the gap goes on.
"""


def _pattern(line: str) -> Pattern:
    function, name, lean, meaning = line.split(" | ")
    way, _, confirmed = lean.partition(" ")
    return Pattern(function, name, Lean(way), meaning, is_confirmed_later=confirmed != "")


PATTERNS = tuple(_pattern(line) for line in _TABLE.splitlines())
"""All of them, in TA-Lib's order."""
