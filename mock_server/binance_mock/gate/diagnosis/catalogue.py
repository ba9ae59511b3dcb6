"""Every mistake that is looked for, in the order in which it is tried. A new one is added here, and nowhere else.

Cheap and certain ones come first, then what people do most often, then generators of many guesses. Where two mistakes
give the same text, the first in this order gets the name.
"""

from __future__ import annotations

from typing import Final

from binance_mock.gate.diagnosis import encoding, foreign, forms, headers, joining, keying, order, presence
from binance_mock.gate.diagnosis.mistake import Mistake

MISTAKES: Final[tuple[Mistake, ...]] = (
    # What the request shows by itself.
    headers.ARTICLE,
    headers.SECRET_IN_HEADER,
    headers.KEY_DAMAGED,
    keying.OTHER_PAIR,
    # The right payload, signed rightly, written wrongly.
    forms.PLUS_LOST,
    forms.URL_ALPHABET,
    forms.PADDING_LOST,
    forms.SIGNATURE_IN_HEX,
    forms.DIGEST_IN_BASE64,
    forms.BASE64_OF_HEX,
    forms.HEX_TWICE,
    forms.BYTES_LITERAL,
    forms.ENCODED_AGAIN,
    forms.LINE_BREAKS,
    forms.DECORATED,
    keying.ZEROS_LOST,
    keying.SIGNATURE_CUT,
    # The right payload under the wrong secret, hash or scheme.
    keying.SECRET_WHITESPACE,
    keying.PLACEHOLDER_SECRET,
    keying.KEY_AS_SECRET,
    keying.OTHER_SECRET,
    keying.SECRET_DECODED,
    keying.SECRET_ENCODED,
    keying.SECRET_CUT,
    keying.OTHER_HASH,
    keying.NO_HMAC,
    keying.ARGUMENTS_SWAPPED,
    keying.RSA_SCHEME,
    # Another payload.
    foreign.JSON_SENT,
    joining.BEFORE_SIGNATURE,
    joining.GET_BODY,
    joining.AMPERSAND_BETWEEN,
    presence.TIMESTAMP_NOT_SIGNED,
    presence.WINDOW_NOT_SIGNED,
    presence.NULL_NOT_SIGNED,
    joining.QUERY_ONLY,
    joining.BODY_ONLY,
    joining.BODY_FIRST,
    joining.SIGNATURE_FIELD,
    joining.STRAY_AMPERSAND,
    encoding.SENT_TWICE_ENCODED,
    encoding.SPACE,
    encoding.ESCAPE_CASE,
    encoding.DECODED,
    encoding.SIGNED_TWICE_ENCODED,
    encoding.ENCODED,
    encoding.OTHER_ENCODER,
    encoding.OTHER_CHARSET,
    order.TIMESTAMP_MOVED,
    order.SORTED,
    order.OTHER_ORDER,
    foreign.WHITESPACE,
    foreign.PATH,
    foreign.WS_FORM,
    foreign.HASHED,
    foreign.JSON,
    foreign.OTHER_EXCHANGE,
    joining.NO_SEPARATORS,
    presence.WRITTEN_OTHERWISE,
    presence.OTHER_CASE,
    presence.WINDOW_NOT_SENT,
    presence.ONE_NOT_SIGNED,
    presence.TIMESTAMP_DIFFERS,
    presence.NULL_NOT_SENT,
    presence.TIMESTAMP_NOT_SENT,
    # What it looks like, when nothing fits.
    keying.OTHER_TYPE,
    keying.CASE_LOST,
    headers.KEY_UNKNOWN,
)
