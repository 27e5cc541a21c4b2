"""How publishers say that a machine translated a text, in the languages of the watched feeds.

Data only; `blemishes` says where it is looked for. Own collection. A report *about* machine translation has these words
too, so a sentence counts only where it speaks of the very text it stands in (`SELF`), or is nothing but the note.
"""

from __future__ import annotations

import re

CUES = (
    *("translat", "übersetz", "çevir", "çevri", "tercüme", "tradu", "tradot", "vertaal", "vertal", "terjemah"),
    *("перевод", "перевед", "переклад", "ترجم", "ژباړ", "अनुवाद", "অনুবাদ", "翻"),
)
"""What every such note has, case folded: most texts have none of it, and are looked at no further."""
SHORT_NOTE_WORDS = 6
"""Words of a sentence that can be nothing but the note, where it begins with it: "Machine translation from Turkish"."""
SHORTEST_NOTE_WORDS = 4
"""Words of a sentence that has no room for more than the note, wherever in it that stands."""
TRANSLATORS = re.compile(r"\bGoogle Translate\b|\bDeepL\b|\bChatGPT\b")
"""Who is no author of a text of one's own."""

_AI = r"(?:AI|A\.I\.|artificial intelligence|machine translation|Google|DeepL|ChatGPT|a (?:machine|computer))"
NOTED = re.compile(
    "|".join(
        (
            r"\b(?:machine|auto|AI|automatically|computer)[\s-]+(?:generated\s+)?translat(?:ed|ion)\b",
            r"\bautomat(?:ed|ic) translation\b",
            rf"\btranslated (?:\w+ ){{0,5}}(?:by|using|with|through|via) (?:the help of )?{_AI}\b",
            r"\b(?:maschinell|automatisch)(?:e|er|en)? (?:\w+ )?[üÜ]bersetz(?:t|te|ter|ung)\b",
            r"\b(?:mit|durch|von|mithilfe von|mit Hilfe von) (?:einer )?(?:KI|künstlicher Intelligenz) übersetzt\b",
            r"\bmakine çevirisi\b|\botomatik (?:olarak )?(?:çevri|tercüme)",
            r"\byapay zek[aâ]\w*(?: \w+){0,3} (?:çevr|tercüme)",
            r"ترجمة آلية|الترجمة الآلية|ترجم\w*(?:\s\S+){0,5}\s(?:آليًا|آلياً|آليا|تلقائيا|تلقائياً|تلقائيًا)",
            r"ترجم\w*(?:\s\S+){0,5}\sالذكاء الاصطناعي",
            r"مشینی ترجم|خودکار ترجم|خودکار طور پر ترجم|مصنوعی ذہانت(?:\s\S+){0,5}\sترجم",
            r"ترجم[هۀ]ٔ?\s?‌?ی?\s?ماشینی|ترجمه خودکار|به\s?‌?صورت خودکار ترجمه|هوش مصنوعی(?:\s\S+){0,4}\sترجمه",
            r"ماشیني ژباړ|په اوتومات\w* ډول ژباړ",
            r"\btraducción automática\b|\btraducid[oa] (?:\w+ ){0,3}(?:automáticamente|por una máquina)\b",
            r"\btraducid[oa] (?:\w+ ){0,3}(?:con|por|mediante|usando) (?:la )?(?:inteligencia artificial|IA)\b",
            r"\btraduction automatique\b|\btraduite? automatiquement\b",
            r"\btraduite? (?:\w+ ){0,3}(?:par|avec|à l.aide de) (?:une |l.)?(?:IA|intelligence artificielle|machine)\b",
            r"\b(?:машинн|автоматическ)\w+ перевод|\bпереведен\w*(?:\s\S+){0,3}\sавтоматически",
            r"\bавтоматически переведен|\bпереведен\w*(?:\s\S+){0,4}\s(?:ИИ|искусственн\w+ интеллект\w*|нейросет\w+)",
            r"\bмашинн\w+ переклад|\bавтоматичн\w+ переклад",
            r"\btradução automática\b|\btraduzione automatica\b|\b(?:traduzid|tradott)[oa] automaticamente\b",
            r"\b(?:automatisch|machinaal) vertaald\b|\bmachinevertaling\b",
            r"\bterjemahan (?:mesin|otomatis)\b|\bditerjemahkan (?:\w+ ){0,3}(?:otomatis|mesin)\b",
            r"मशीनी अनुवाद|स्वचालित अनुवाद|যান্ত্রিক অনুবাদ|机器翻译|机翻|自动翻译|機械翻訳|自動翻訳",
        )
    ),
    re.IGNORECASE,
)
SELF = re.compile(
    "|".join(
        (
            r"\bthis (?:news )?(?:article|story|report|text|content|page|post|item|translation|version|dispatch)\b",
            r"\b(?:the|our) (?:english|original|translated) (?:version|text|article|translation)\b",
            r"\bdiese[rs]? (?:\w+ )?(?:text|artikel|beitrag|bericht|meldung|übersetzung|inhalt)\b",
            r"\bbu (?:haber|metin|yazı|içerik|makale|çeviri)",
            r"هذا (?:المقال|النص|الخبر|التقرير|المحتوى)|هذه (?:المادة|الترجمة|القصة|المقالة)",
            r"(?:یہ|اس|مذکورہ) (?:خبر|مضمون|تحریر|رپورٹ|متن|ترجم)",
            r"این (?:مطلب|متن|خبر|مقاله|گزارش|ترجمه|نوشته)",
            r"دا (?:خبر|مقاله|متن|راپور|لیکنه)",
            r"\best[ea] (?:artículo|texto|noticia|nota|traducción|contenido|artigo|notícia|tradução)\b",
            r"\bcet(?:te)? (?:article|dépêche|traduction|actualité)\b|\bce (?:texte|contenu)\b",
            r"\bquest[oa] (?:articolo|testo|notizia|traduzione)\b",
            r"\b(?:эт\w+|данн\w+) (?:текст|материал|стать|перевод|новост|сообщени)|\bц\w+ (?:текст|матеріал|стат)",
            r"\bdit artikel\b|\bdeze (?:tekst|vertaling)\b|\b(?:artikel|berita|teks) ini\b",
            r"यह (?:लेख|खबर|समाचार)|এই (?:প্রতিবেদন|খবর)|本文|此文|本篇|这篇|この記事",
        )
    ),
    re.IGNORECASE,
)
