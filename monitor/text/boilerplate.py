"""The phrases by which publishers mark what is not the article, by what they say of the line they stand in.

Data only; `monitor.text.zones` says how they are used. Collected from the feeds and pages of newspapers and agencies
in these languages. A phrase belongs here only if a reporter would not begin a sentence of the article with it, because
rules never match boilerplate: a missing phrase costs an editor one false alert, a wrong one costs an alert.
"""

from __future__ import annotations

RELATED = (
    # A line of nothing else opens a list of other articles; with a colon or dash, what follows in the line is one.
    # English
    "related stories", "related story", "related news", "related articles", "related article",
    "related coverage",
    "related content", "related topics", "related", "more on this story", "more on this",
    "more from this section", "also read", "also read this", "read also", "must read", "read more", "read next",
    "read more on",
    "you may also like", "you might also like",
    "don't miss", "in case you missed it", "further reading", "see also", "watch also", "also watch",
    "other stories", "keep reading",
    # Urdu, Persian, Pashto, Arabic
    "مزید پڑھیں", "مزید پڑھیے", "یہ بھی پڑھیں", "یہ بھی پڑھیے", "متعلقہ خبریں", "متعلقہ مضامین",
    "بیشتر بخوانید", "همچنین بخوانید", "مطالب مرتبط", "اخبار مرتبط", "خبرهای مرتبط", "مطالب بیشتر",
    "نور ولولئ", "نور ولولۍ", "دا هم ولولئ", "اړوند خبرونه", "تړلي خبرونه",
    "اقرأ أيضا", "اقرأ أيضاً", "اقرا ايضا", "إقرأ أيضا", "اقرأ المزيد", "إقرأ المزيد", "مواضيع ذات صلة",
    "أخبار ذات صلة",
    "مقالات ذات صلة", "قد يعجبك أيضا", "قد يهمك أيضا", "شاهد أيضا",
    # Turkish, Azerbaijani
    "ilgili haberler", "İlgili haberler", "ilgili haber", "İlgili haber", "ayrıca okuyun", "ayrıca bakınız",
    "bunları da okuyun",
    "bunlar da ilginizi çekebilir", "ilginizi çekebilir", "İlginizi çekebilir", "önerilen haberler",
    "benzer haberler",
    "oxşar xəbərlər",
    # German, French, Spanish, Portuguese, Italian, Dutch
    "lesen sie auch", "auch interessant", "das könnte sie auch interessieren", "mehr zum thema",
    "weitere artikel", "weitere themen",
    "weitere meldungen", "weiterlesen", "siehe auch",
    "lire aussi", "à lire aussi", "a lire aussi", "lire également", "sur le même sujet", "voir aussi",
    "lire la suite",
    "lea también", "lee también", "lea además", "noticias relacionadas", "te puede interesar", "ver también",
    "leer más",
    "leia também", "leia mais", "veja também", "notícias relacionadas", "saiba mais",
    "leggi anche", "potrebbe interessarti", "articoli correlati", "lees ook", "lees meer",
    # Russian, Ukrainian, Hindi, Bengali, Indonesian, Chinese, Japanese
    "читайте также", "читать далее", "смотрите также", "по теме", "материалы по теме", "читайте також",
    "читати далі",
    "यह भी पढ़ें", "ये भी पढ़ें", "और पढ़ें", "संबंधित खबरें", "इसे भी पढ़ें", "আরও পড়ুন", "আরো পড়ুন",
    "সম্পর্কিত খবর",
    "baca juga", "berita terkait", "lihat juga", "相关新闻", "延伸阅读", "相关阅读", "関連記事", "あわせて読みたい",
)  # fmt: skip

LISTS = (
    # Only as a whole line: opens a list of other articles.
    "latest stories", "latest news", "top stories", "trending", "trending now", "most popular", "most read",
    "recommended", "recommended stories", "recommended for you", "more news", "more stories", "editor's picks",
    "editors' picks", "list of 3 items", "list of 4 items", "list of three items",
    "مزید خبریں", "تازہ ترین خبریں", "الأكثر قراءة", "أخر الأخبار", "پربازدیدترین", "en çok okunanlar",
    "diğer haberler", "son haberler", "meistgelesen", "les plus lus", "más noticias", "lo más leído",
    "mais lidas", "i più letti", "meer nieuws", "самое читаемое", "更多新闻",
)  # fmt: skip

LABELS = (
    # Followed by a colon, dash or bar (or alone in the line): the line is about the page, not the event.
    "tags", "topics", "filed under", "categories", "category", "keywords", "posted in", "share", "share this",
    "share this article", "share on", "share via", "advertisement", "advertisements", "sponsored",
    "sponsored content",
    "continue reading", "continue reading below", "read the full story", "read full story",
    "read the full article", "full story",
    "photo", "photos", "photo credit", "photograph", "image", "image credit", "image source", "image caption",
    "file photo",
    "picture", "pictures", "credit", "caption", "source", "sources",
    "comments", "leave a comment", "print", "print this article", "about the author", "newsletter", "follow us",
    "join us",
    "subscribe", "subscribe now", "sign up", "copyright",
    "ٹیگز", "ٹیگ", "شیئر کریں", "اشتہار", "تصویر", "فوٹو", "برچسب‌ها", "برچسب ها", "عکس", "تبلیغات", "منبع",
    "کلیدواژه‌ها",
    "الوسوم", "وسوم", "كلمات مفتاحية", "كلمات دلالية", "شارك", "إعلان", "المصدر", "صورة", "مشاركة",
    "etiketler", "etiket", "paylaş", "reklam", "fotoğraf", "kaynak", "haberin devamı", "devamını oku",
    "schlagwörter", "schlagworte", "anzeige", "foto", "bild", "quelle", "teilen", "werbung", "mots-clés",
    "publicité", "partager",
    "etiquetas", "publicidad", "compartir", "publicidade", "compartilhe", "tag correlati", "pubblicità",
    "теги", "реклама", "поделиться", "фото", "источник", "टैग्स", "विज्ञापन", "ট্যাগ", "标签", "广告", "来源",
)  # fmt: skip

OPENERS = (
    # A line of at most 300 code points that begins so.
    "subscribe to our", "subscribe to the", "subscribe for", "subscribe now", "sign up for our",
    "sign up for the", "sign up to our",
    "sign up here", "sign up to receive", "get our newsletter", "get the latest news", "get the day's",
    "join our whatsapp",
    "join our telegram", "join our channel", "follow us on", "follow our", "like us on", "find us on",
    "download our app",
    "download the app", "click here to", "for the latest news", "click here for", "click to share",
    "tap here to", "for more news", "for more stories",
    "for more updates", "stay updated", "stay up to date", "stay informed with", "listen to this article",
    "this article was originally published", "this article first appeared",
    "this story was originally published",
    "this article originally appeared", "this content was originally",
    "this story has been published from a wire",
    "this story has not been edited", "except for the headline, this story", "the views expressed",
    "views expressed",
    "opinions expressed", "all rights reserved", "copyright ©", "copyright (c)", "© ", "(c) 20",
    "published in the express tribune",
    "published in dawn", "have something to add to the story", "have a news tip", "got a news tip",
    "support independent journalism",
    "your email address will not be published", "this site uses akismet", "this website uses cookies",
    "we use cookies",
    "enable javascript", "please enable javascript", "your browser does not support", "accept cookies",
    "ہمیں فالو کریں", "ہمارے واٹس ایپ", "واٹس ایپ چینل", "نیوز لیٹر", "تازہ ترین خبروں کے لیے", "ہمارے یوٹیوب",
    "جملہ حقوق محفوظ",
    "ما را در تلگرام", "ما را دنبال کنید", "در خبرنامه", "عضو کانال", "کپی رایت", "تمام حقوق",
    "تابعونا على", "تابع قناتنا", "اشترك في", "اشتركوا في", "انضم إلى قناتنا", "جميع الحقوق محفوظة",
    "للاشتراك في",
    "bizi takip edin", "bültenimize", "e-bülten", "abone ol", "whatsapp kanalımız", "telegram kanalımız",
    "tüm hakları saklıdır", "uygulamamızı indirin", "anadolu ajansı web sitesinde",
    "abonnieren sie", "newsletter abonnieren", "folgen sie uns", "jetzt abonnieren", "alle rechte vorbehalten",
    "abonnez-vous", "suivez-nous", "inscrivez-vous", "tous droits réservés", "recevez notre", "suscríbete",
    "suscríbase",
    "síguenos en", "síganos en", "todos los derechos", "regístrate", "inscreva-se", "siga-nos", "assine nossa",
    "todos os direitos",
    "iscriviti", "seguici su", "tutti i diritti", "подписывайтесь", "подпишитесь", "следите за",
    "все права защищены",
    "हमें फॉलो", "व्हाट्सएप चैनल", "सब्सक्राइब", "ikuti kami", "berlangganan", "订阅", "关注我们", "版权所有",
)  # fmt: skip

TAILS = (
    # What publishing systems append, often to the last line of a text: (what must be there, how the stretch looks).
    # The wording is that of WordPress in each language.
    ("appeared first on", r"The post [^\n]{1,400}? appeared first on [^\n]{1,120}$"),
    ("first appeared", r"This (?:post|article|story|report) [^\n.]{0,300}?first appeared (?:on|in) [^\n]{1,120}$"),
    ("erschien zuerst auf", r"Der Beitrag [^\n]{1,400}? erschien zuerst auf [^\n]{1,120}$"),
    ("est apparu en premier sur", r"(?:L.article|Cet article) [^\n]{1,400}? est apparu en premier sur [^\n]{1,120}$"),
    ("se publicó primero en", r"La entrada [^\n]{1,400}? se publicó primero en [^\n]{1,120}$"),
    ("apareceu primeiro em", r"O post [^\n]{1,400}? apareceu primeiro em [^\n]{1,120}$"),
    ("proviene da", r"L.articolo [^\n]{1,400}? proviene da [^\n]{1,120}$"),
    ("yazısı ilk önce", r"[^\n.]{1,300} yazısı ilk önce [^\n]{1,120}$"),
    ("ظهرت المقالة", r"ظهرت المقالة [^\n]{1,400}? أولا[ًّ]? على [^\n]{1,120}$"),
    ("اولین بار در", r"نوشته [^\n]{1,400}? اولین بار در [^\n]{1,120}$"),
    ("впервые появилась", r"Запись [^\n]{1,400}? впервые появилась [^\n]{1,120}$"),
    ("muncul pertama kali", r"[^\n.]{1,300} muncul pertama kali (?:di|pada) [^\n]{1,120}$"),
)  # fmt: skip
