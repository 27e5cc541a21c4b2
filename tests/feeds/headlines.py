"""Headlines of twenty-two languages, as feeds have them, with the encodings that each was written in before UTF-8."""

HEADLINES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "arabic": (
        ("windows-1256", "iso-8859-6"),
        (
            "المحادثات في إسطنبول بين باكستان وأفغانستان تنتهي دون اتفاق",
            "وزير الخارجية: الهدنة صامدة رغم هجوم على الحدود",
            "ارتفاع أسعار النفط بعد قرار أوبك خفض الإنتاج",
        ),
    ),
    "urdu": (
        ("windows-1256",),
        (
            "جنگ بندي پر مذاکرات استنبول ميں جاري ہيں، ترجمان کا بيان",
            "پاکستان اور افغانستان کے درميان سرحد پر فائرنگ",
            "وزيراعظم نے کابينہ کا ہنگامي اجلاس طلب کر ليا",
        ),
    ),
    "russian": (
        ("windows-1251", "koi8-r", "iso-8859-5"),
        (
            "Переговоры в Стамбуле между Пакистаном и Афганистаном",
            "Министр заявил о прекращении огня на границе",
            "Цены на нефть выросли после решения ОПЕК",
        ),
    ),
    "ukrainian": (
        ("windows-1251", "koi8-u"),
        (
            "Переговори у Стамбулі завершилися без угоди",
            "Міністр оголосив про припинення вогню на кордоні",
            "Ціни на нафту зросли після рішення ОПЕК",
        ),
    ),
    "greek": (
        ("windows-1253", "iso-8859-7"),
        (
            "Οι συνομιλίες στην Κωνσταντινούπολη έληξαν χωρίς συμφωνία",
            "Ο υπουργός ανακοίνωσε κατάπαυση του πυρός στα σύνορα",
            "Αύξηση στην τιμή του πετρελαίου μετά την απόφαση",
        ),
    ),
    "hebrew": (
        ("windows-1255", "iso-8859-8"),
        (
            "השיחות באיסטנבול הסתיימו ללא הסכם",
            "שר החוץ: הפסקת האש נשמרת למרות התקיפה בגבול",
            "מחירי הנפט עלו לאחר ההחלטה של הארגון",
        ),
    ),
    "thai": (
        ("cp874",),
        (
            "การเจรจาที่อิสตันบูลสิ้นสุดลงโดยไม่มีข้อตกลง",
            "รัฐมนตรีต่างประเทศประกาศหยุดยิงตามแนวชายแดน",
            "ราคาน้ำมันปรับตัวสูงขึ้นหลังการประชุม",
        ),
    ),
    "turkish": (
        ("windows-1254", "iso-8859-9"),
        (
            "İstanbul'daki görüşmeler anlaşma sağlanamadan sona erdi",
            "Dışişleri Bakanı sınırda ateşkes ilan edildiğini açıkladı",
            "Petrol fiyatları toplantının ardından yükseldi",
        ),
    ),
    "polish": (
        ("windows-1250", "iso-8859-2"),
        (
            "Rozmowy w Stambule zakończyły się bez porozumienia",
            "Minister ogłosił zawieszenie broni na granicy, są zabici żołnierze",
            "Ceny ropy wzrosły po decyzji o ograniczeniu wydobycia, więc będzie drożej",
        ),
    ),
    "czech": (
        ("windows-1250", "iso-8859-2"),
        (
            "Jednání v Istanbulu skončila bez dohody, řekl mluvčí",
            "Ministr vyhlásil příměří na hranici s Afghánistánem",
            "Ceny ropy vzrostly po rozhodnutí o snížení těžby",
        ),
    ),
    "hungarian": (
        ("windows-1250", "iso-8859-2"),
        (
            "Megállapodás nélkül értek véget az isztambuli tárgyalások",
            "A külügyminiszter tűzszünetet jelentett be a határon",
            "Emelkedett az olaj ára a döntés után, közölték hétfőn",
        ),
    ),
    "estonian": (
        ("windows-1252", "iso-8859-1"),
        (
            "Läbirääkimised Istanbulis lõppesid kokkuleppeta, ütles kõneisik",
            "Välisminister: vaherahu püsib hoolimata rünnakust piiril",
            "Nafta hind tõusis pärast otsust tootmist vähendada",
        ),
    ),
    "german": (
        ("windows-1252", "iso-8859-1"),
        (
            "Gespräche über eine Waffenruhe enden ohne Einigung",
            "Außenminister kündigt Rückzug an der Grenze an",
            "Ölpreise steigen nach Beschluss über Förderkürzung",
        ),
    ),
    "french": (
        ("windows-1252", "iso-8859-1"),
        (
            "Les négociations d’Istanbul s’achèvent sans accord, déjà",
            "Le ministre a annoncé un cessez-le-feu à la frontière",
            "Les prix du pétrole ont augmenté après la décision de l’Opep",
        ),
    ),
    "spanish": (
        ("windows-1252", "iso-8859-1"),
        (
            "Las conversaciones en Estambul terminan sin acuerdo, según el ministro",
            "¿Qué pasará en la frontera? El año más difícil de la región",
            "El precio del petróleo subió tras la decisión de reducir la producción",
        ),
    ),
    "portuguese": (
        ("windows-1252", "iso-8859-1"),
        (
            "Negociações em Istambul terminam sem acordo, diz porta-voz",
            "Ministro anuncia cessar-fogo na fronteira; situação é difícil",
            "Preço do petróleo sobe após decisão de redução da produção",
        ),
    ),
    "swedish": (
        ("windows-1252", "iso-8859-1"),
        (
            "Samtalen i Istanbul slutade utan någon överenskommelse",
            "Ministern meddelade att vapenvilan gäller vid gränsen",
            "Oljepriset ökade efter beslutet på måndagen",
        ),
    ),
    "icelandic": (
        ("windows-1252", "iso-8859-1"),
        (
            "Viðræðunum í Istanbúl lauk án samkomulags",
            "Ráðherra tilkynnti um vopnahlé við landamærin í gær",
            "Olíuverð hækkaði eftir ákvörðun um að draga úr framleiðslu, það er óvænt",
        ),
    ),
    "chinese": (
        ("gb18030", "gb2312"),
        (
            "伊斯坦布尔停火谈判未达成协议",
            "外交部长宣布边境停火，双方将继续会谈",
            "国际油价在会议之后上涨，中国经济增长放缓",
        ),
    ),
    "taiwanese": (
        ("big5",),
        (
            "伊斯坦堡停火談判未達成協議",
            "外交部長宣布邊境停火，雙方將繼續會談",
            "國際油價在會議之後上漲，台灣經濟成長放緩",
        ),
    ),
    "japanese": (
        ("shift_jis", "euc-jp"),
        (
            "イスタンブールでの停戦協議、合意なく終了",
            "外相が国境での停戦を発表、攻撃は続いている",
            "原油価格が会議の後に上昇した",
        ),
    ),
    "korean": (
        ("euc-kr",),
        (
            "이스탄불 휴전 회담 합의 없이 종료",
            "외교부 장관, 국경 지역 휴전 발표",
            "국제 유가 회의 이후 상승세를 보였다",
        ),
    ),
}
