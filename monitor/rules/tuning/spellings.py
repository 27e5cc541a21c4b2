"""How words of Arabic, Persian, Urdu and Pashto names are spelt in Latin letters, and letters across their alphabets.

Owns the lists that `variants` draws on, and no rule for applying them. Each line is one word; whoever meets one of its
spellings in an alias may expect the others in print.

Sources
    - BGN/PCGN romanization of Urdu (2007): the izafat is `-e`, ī is i, ū is u. The ALA-LC table for Urdu writes it
      `-i`, as older British practice does; papers keep to neither.
    - ALA-LC romanization of Arabic: `al-` is never assimilated. Names carried in Urdu and Persian say it as it sounds:
      `ul-`, and with the *sun letters* `ut-`, `us-`, `ud-`. BGN/PCGN for Arabic assimilates (`at-`, `as-`, `ad-`).
    - The spellings themselves: good-quality aliases of the sanctions list of the UN Security Council (such as QDe.132,
      "Tehrik-e Taliban", beside "Tehrik-i-Taliban" in the Committee's own releases), and usage of Dawn, The News, AP,
      AFP, Reuters and RFE/RL.
"""

from __future__ import annotations

from collections.abc import Mapping

SPELLINGS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split())
    for line in """\
tehrik tehreek tahrik tahreek tehrek
harakat harkat haraka harka
taliban taleban
fitna fitnah
khawarij khwarij khawarej khawaarij
jamaat jamat jamaah jemaat
jaish jaysh jaesh
hizb hezb
sipah sepah
shura shoora choura
jihad jehad
jihadi jehadi
mujahid mojahed mujahed
mujahideen mujahidin mujahedeen mujahedin mojahedin
muttahida mutahida muttahidah
islami eslami
ittehad ittihad etehad
labbaik labaik labbayk
insaf insaaf
nifaz nefaz
sahaba sahabah
khorasan khurasan
wilayat wilayah vilayat velayat
daesh daish
shariat sharia shariah
madrassa madrasa madrasah madrassah
sheikh shaikh shaykh shekh
mullah mulla
maulana mawlana molana moulana
maulvi mawlawi molvi mawlavi moulvi
amir ameer emir
haji hajji
hafiz hafez
mohammad muhammad mohammed muhammed mohamed mohamad
ahmad ahmed
hussain husain hussein hossain hossein
hassan hasan
umar omar umer
usman osman uthman othman
yaqub yaqoob yaqob
yousuf yusuf yousaf yusaf yousef
ibrahim ebrahim
ismail ismael esmail
noor nur nour
rehman rahman
rahim raheem
sharif shareef
munir muneer
hakim hakeem
nasir naseer
salim saleem
shehbaz shahbaz
wali vali
mehsud mahsud masud masood
fazlullah fazalullah
zabihullah zabiullah zabeehullah
baitullah baytullah
muttaqi mottaqi mutaqi
akhund akhond
akhundzada akhunzada akhondzada
baloch baluch balouch
balochistan baluchistan
pashtun pakhtun pukhtun pashtoon
qandahar kandahar
""".splitlines()
)
"""The spellings of one word, the most usual first; of two words that only sound alike each has its own line."""

_HEADS = """
tehrik tehreek tahrik tahreek tehrek harakat harkat lashkar jaish jaysh sipah sepah hizb hezb fitna fitnah jamaat jamat
nizam tanzim imarat emarat majlis nifaz wilayat wilayah ansar
"""
HEADS = frozenset(_HEADS.split())
"""Words that are followed by another noun that says whose: "movement of", "army of"; between them stands an izafat."""

SUN_LETTERS = "tdrzsnl"
"""First letters before which the l of the Arabic article is said like them (th, dh and sh begin with one too)."""

ALPHABETS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("letters of Pashto", {"ٹ": "ټ", "ڈ": "ډ", "ڑ": "ړ", "گ": "ګ"}),
    ("letters of Urdu", {"ټ": "ٹ", "ډ": "ڈ", "ړ": "ڑ"}),
    ("letters of Persian", {"ٹ": "ت", "ڈ": "د", "ڑ": "ر", "ں": "ن", "ټ": "ت", "ډ": "د", "ړ": "ر"}),
    ("letters of Arabic", {"ٹ": "ت", "ڈ": "د", "ڑ": "ر", "ں": "ن", "ټ": "ت", "ډ": "د", "ړ": "ر", "پ": "ب", "ی": "ي"}),
)
"""How one alphabet writes what another has a letter of its own for. What folding makes equal (ک/ك) may stand here too:
a variant that folds alike is never proposed."""

_LETTER_NAMES = """
اے بی سی ڈی ای ایف جی ایچ آئی جے کے ایل ایم این او پی کیو آر ایس ٹی یو وی ڈبلیو ایکس وائی زیڈ
ټي ډي تی دی ا تي بي دي
"""
LETTER_NAMES = frozenset(_LETTER_NAMES.split())
"""The names of Latin letters as Urdu, Pashto, Persian and Arabic spell out an acronym."""
