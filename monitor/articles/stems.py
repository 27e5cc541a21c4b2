"""Words cut to stems, and those that are grammar.

Owns what of a word is compared within one language. It refuses to know where the word stood.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.text.words import words_of

STEM_LETTERS = 6
"""Letters kept of a word: enough to tell words apart, few enough to hold a word's forms together without a stemmer for
each language (first-n truncation does about as well as stemming: McNamee and Mayfield 2004, n of 4 to 6)."""


@lru_cache(maxsize=200_000)
def stem_of(word: str) -> str:
    """Cut a folded word to its stem; "" for words that are grammar or numbers."""
    if word in GRAMMAR or not word[0].isalpha() or (len(word) < 3 and word.isascii()):
        return ""
    return word[:STEM_LETTERS]


LISTED = frozenset(
    ("en", "de", "tr", "fr", "es", "ru", "ur", "ar", "fa", "pt", "it", "nl", "id", "hi", "sv", "pl", "ps")
)
"""Languages whose grammar is listed below, in this order."""
# The commonest words of the languages of the shipped feeds and their neighbours; rarity in the window does the rest.
GRAMMAR = frozenset(
    words_of(
        """
    the and for with that this from has have had was were are been being will would could should may might must can not
    but its it's his her their they them who whom which what when where while after before over under into onto upon
    about against between during since until also than then there here more most many much some any all each other
    another new said says say saying told according added mr mrs ms dr one two three first second last next year years
    day days week weeks month months today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday
    report reports reported reporting news agency official officials statement people
    der die das den dem des ein eine einen einem einer und oder aber mit von vom zum zur bei für auf aus nach vor
    über unter durch gegen ist sind war waren wird werden wurde wurden hat haben hatte sich nicht auch noch wie als dass
    sagte
    bir ve bu da de ile için gibi olan olarak olduğu dedi etti edildi ise daha çok kadar sonra önce göre ancak veya bunu
    şu her
    les des une dans pour par sur avec est sont ont été que qui aux plus del los las una por con para como más sus fue
    и в не с а но к о у же бы так уже или если который которые это что как для при из на от до по за его она они был
    была были также после
    میں ہے ہیں کے کی کا کو سے نے پر اور یہ وہ کہ اس ان بھی ہو گیا گئی گئے تھا تھی تھے کر کیا لیے ایک ساتھ بعد کہا جو تو
    من في على إلى الى عن مع هذا هذه التي الذي أن ان قد كان كانت بعد قبل بين كما وقال قال أنه ولم خلال
    در به از که را این آن با برای تا است شد شده بود می های کرد کرده گفت هم یا نیز خود پس
    um uma os as dos das do da no na nos nas em ao pelo pela são foi foram não mais disse segundo como entre após sobre
    il lo gli di del della dei delle nel nella che è sono stato stata per con non più ha hanno dopo anche secondo
    het een van en op in te is zijn niet ook bij naar dat die aan werd worden heeft hebben nog meer volgens
    yang dan di ke dari ini itu untuk dengan pada tidak akan telah oleh dalam juga kata mengatakan setelah
    के का की को में से ने पर और है हैं था थे थी यह वह कि इस उस भी हो गया गई गए कर किया लिए एक साथ बाद कहा जो तो नहीं
    på och att som är av för med den det har inte till en ett var han i ze się nie to jest na do w z o po że jak
    په کې چې او د ته له سره شو شوي دي دی یې هم لپاره وروسته وویل
    """
    )
)
