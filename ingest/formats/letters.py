"""The letters of the old encodings: which of them the languages written in each use often.

Data for `charsets`. Letters of the one-byte encodings by the alphabets of their languages, the
commonest first; Chinese by the 300 characters that fill half of any text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Letters:
    """One encoding: its script, the small letters beyond ASCII that are common in it, and rare.

    `favour` settles what the letters leave open, in hundredths.
    """

    encoding: str
    script: str
    common: frozenset[str]
    rare: frozenset[str] = frozenset()
    favour: float = 0.0
    east_asian: bool = False


_RUSSIAN: Final = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцэфё")
_CYRILLIC_TOO: Final = frozenset("щъіїєґўђјљњћџѓќѕ")
_GREEK: Final = frozenset("αοιετσνηυρπκμλςγδχθφβξζψωάέήίόύώ")
_ARABIC: Final = frozenset("اليمنوتربةعدفهسكقحجشصطخضذثزغظأإآىئءؤ،؟؛ًٌٍَُِّـ")
_THAI: Final = frozenset("าราคกนอเงมยลวดทสตบปหพชจะแใไโขผฉญณธภศษซฐถฝฟฮโิีึืุูั็่้๊๋์ำฤๆฯ")
_WESTERN: Final = frozenset("éèêëàâçîïôöùûüñáíóúäßœ¿¡")
_TURKISH: Final = frozenset("ışğüöçİ")
_CENTRAL: Final = frozenset("čćžšđáéíóúýěřůöüőűąęłńśźżăâîşţťďňľĺ")
_SIMPLIFIED: Final = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作"
    "里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从"
    "想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头"
    "文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提"
    "立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务"
    "做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像"
)
_TRADITIONAL: Final = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作"
    "裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從"
    "想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭"
    "文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提"
    "立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務"
    "做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像"
)
_KANA: Final = frozenset(map(chr, range(0x3041, 0x30FF)))
_HANGUL: Final = frozenset(map(chr, range(0xAC00, 0xD7A4)))

ONE_BYTE: Final = (
    Letters("cp1252", "latin", _WESTERN, frozenset("ãõåæøœìòý"), favour=0.02),
    Letters("cp1254", "latin", _TURKISH, _WESTERN),
    Letters("cp1250", "latin", _CENTRAL, frozenset("ćđ")),
    Letters("iso8859-2", "latin", _CENTRAL, frozenset("ćđ"), favour=0.01),
    Letters("iso8859-15", "latin", _WESTERN, frozenset("ãõåæøœìòýšž"), favour=0.01),
    Letters("mac_roman", "latin", _WESTERN, frozenset("ãõåæøœìò"), favour=-0.02),
    Letters("cp1251", "cyrillic", _RUSSIAN, _CYRILLIC_TOO, favour=0.02),
    Letters("koi8-r", "cyrillic", _RUSSIAN, _CYRILLIC_TOO, favour=0.01),
    Letters("iso8859-5", "cyrillic", _RUSSIAN, _CYRILLIC_TOO),
    Letters("cp866", "cyrillic", _RUSSIAN, _CYRILLIC_TOO),
    Letters("cp1253", "greek", _GREEK, frozenset("ϊϋΐΰ"), favour=0.01),
    Letters("iso8859-7", "greek", _GREEK, frozenset("ϊϋΐΰ")),
    Letters("cp1256", "arabic", _ARABIC, frozenset("پچژگکیہے"), favour=0.01),
    Letters("iso8859-6", "arabic", _ARABIC),
    Letters("cp874", "thai", _THAI),
)
EAST_ASIAN: Final = (
    Letters("gb18030", "han", _SIMPLIFIED, favour=0.3, east_asian=True),
    Letters("big5", "han", _TRADITIONAL, favour=0.3, east_asian=True),
    Letters("shift_jis", "kana", _KANA, favour=0.2, east_asian=True),
    Letters("euc_jp", "kana", _KANA, favour=0.2, east_asian=True),
    Letters("euc_kr", "hangul", _HANGUL, east_asian=True),
)
