"""Nobody is taken for somebody else: look-alikes by the whole table of Unicode, and names that mix scripts."""

import random
from collections import defaultdict
from pathlib import Path

import pytest

from accounts.names import clean_name, keys_of, likenesses, name_key
from accounts.scripts import TABLES, is_mixed, scripts_of

PROTECTED = [
    "Max Moder",
    "Moderator",
    "Owner",
    "Ada Byron",
    "The Margin",
    "Süddeutsche Zeitung",
    "Éric Zola",
    "Анна Иванова",
    "Wilhelm Krummwurm",
    "Zoe Quijote Fox",
    "Frankfurter Allgemeine",
    "Το Βήμα",
    "JDoe",
]
CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "18-look-alike-names.txt"

REAL = (
    """
José García|Jürgen Groß|Åsa Öberg|Łukasz Żak|Ægir Þórsson|Nguyễn Thị Ánh|O’Brien|d'Artagnan|İpek Çelik
Ŝanĉo|Gökçe|Māra Bērziņa
Ñandú Núñez|Dvořák|Ştefan Țepeș|Ólafur Þór|ʻOkina Kaʻahumanu|ǃXóõ|R2D2|Kurt Gödel 3rd|Ada ✓|Mo 🎉
Анна Иванова|Ђорђе Ћирић|Їжакевич Ґ.|Ўладзімір|Мөнхбат|Қазақ Әлия|Наталья-Мария|Пётр|Юлия Ё.
Ιωάννης Παπαδόπουλος|Μαρία|Νίκος|ΕΛΕΝΗ|Ἀριστοτέλης
山田太郎|やまだ タロー|佐々木 さくら|トム・クルーズ|DJ太郎|Tanakaさん|ふりがな（Furigana）|〇〇太郎|ヴィヴィアン
김철수|한소희 Lee|李小龙|歐陽菲菲|毛泽东|ㄅㄆㄇ注音|한漢
محمد علي|مُحَمَّد|فاطمة الزهراء|علی‌رضا|سارہ خان|דוד כהן|שָׁלוֹם|ܐܪܡܝܐ|ދިވެހި|ߒߞߏ
सीता|सती|कृष्णा देवी|नरेन्द्र मोदी|राम २|সীতা দেবী|অনির্বাণ|ਗੁਰਮੁਖ ਸਿੰਘ|ગીતા પટેલ|ସୀତା ଦାସ|தமிழ்ச்செல்வன்|తెలుగు రాజు|ಕನ್ನಡ ರಾಣಿ
മലയാളം കുട്ടി|සිංහල පෙරේරා|นภา ใจดี|กิ๊ฟ น้ำ|ລາວ ບຸນ|មករា ខ្មែរ|မောင်မောင်|བསྟན་འཛིན|ქეთევან|Հայկ Սարգսյան|አበበ ቢቂላ|ᏣᎳᎩ|ᐃᓄᒃ
ⵜⴰⵎⴰⵣⵉⵖⵜ|ᠮᠣᠩᠭᠣᠯ|ꦱꦶꦠ|ᮞᮥᮔ᮪ᮓ|𞤀𞤁𞤂|ꓡꓲꓢꓴ
Нина (Nina)|Max Иванов|Мария Smith|Μαρία-Anna|Ram राम|山田 Taro|Ahmad احمد|נועה Noa|Kim 김철수|Тимур / Timur|Seetha சீதா
Иван.Petrov|Олег_Smith
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

MIXED = [
    "Mаx",
    "Pаulа",
    "Мax",
    "Ωmega",
    "Mⲟderator",
    "M၀derator",
    "Moderat౦r",
    "Max Мoder",
    "ᗰoderator",
    "O𑜎ner",
    "୦wner",
    "Modҽrator",
    "Max Mဝder",
    "Иван Παπάς",
    "Bob १2",
    "Maxע",
    "Iван",
    "Κostas",
    "Аnna",
    "аӏех Bօb",
]


def alike() -> dict[str, set[str]]:
    """Return for what letters are taken for, by the table, all that are."""
    found = defaultdict(set)
    for line in (TABLES / "confusables.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, *others = (chr(int(word, 16)) for word in line.split())
            found["".join(others)] |= {code, "".join(others)}
    return found


def one_letter_look_alikes() -> list[tuple[str, str]]:
    """Return protected names, each with one letter put as another that looks like it."""
    groups = alike()
    group_of = {letter: group for group in groups.values() for letter in group}
    return sorted(
        (name, f"{name[:place]}{other}{name[place + 1 :]}")
        for name in PROTECTED
        for place, letter in enumerate(name)
        for other in group_of.get(letter, ())
        if other != letter and not other.isspace()
    )


def is_refused(name: str, protected: str) -> bool:
    return name_key(protected) in likenesses(name) or is_mixed(name)


def test_no_look_alike_of_one_letter_passes():
    pairs = one_letter_look_alikes()
    assert len(pairs) > 3000
    passed = [
        (name, like)
        for name, like in pairs
        if clean_name(like) != name and not is_refused(clean_name(like), name)
    ]
    assert passed == []


def test_no_look_alike_of_three_letters_passes():
    chance = random.Random(20)  # noqa: S311
    groups = alike()
    group_of = {letter: sorted(group) for group in groups.values() for letter in group}
    for _time in range(500):
        name = chance.choice(PROTECTED)
        letters = list(name)
        for place in chance.sample([at for at, letter in enumerate(name) if letter in group_of], 3):
            letters[place] = chance.choice(group_of[name[place]])
        like = clean_name("".join(letters))
        assert is_refused(like, name), (name, like)


def test_the_names_that_passed_once_are_refused():
    if not CASES.exists():
        pytest.skip("the shared cases are not here")
    protected = ("Max Moder", "Moderator", "Owner")
    names = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert len(names) > 10
    assert [name for name in names if not any(is_refused(name, other) for other in protected)] == []


def test_real_names_of_the_world_mix_nothing():
    assert len(REAL) > 100
    assert [name for name in REAL if is_mixed(clean_name(name))] == []


def test_real_names_of_the_world_are_all_different():
    keys = defaultdict(list)
    for name in REAL:
        keys[name_key(name)].append(name)
    # With and without points, Muhammad is one name to a reader; the others are others.
    assert [names for names in keys.values() if len(names) > 1] == []
    assert "" not in keys


@pytest.mark.parametrize("name", MIXED)
def test_a_name_that_mixes_scripts_is_detected(name):
    assert is_mixed(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("सीता", "सती"),
        ("तेल", "ताल"),
        ("がき", "かき"),
        ("กิ๊ฟ", "กฟ"),
        ("කැ", "කු"),
        ("ரா", "ரி"),
        ("မောင်", "မင်"),
    ],
)
def test_marks_tell_names_apart(one, other):
    assert keys_of(one).isdisjoint(keys_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("José", "Jose"), ("Пётр", "Петр"), ("Νίκος", "Νικος"), ("שָׁלוֹם", "שלום"), ("مُحَمَّد", "محمد"), ("асе", "ace"),
     ("Ægir", "AEgir"), ("Þor", "por"), ("ſam", "fam"),
     ("Oㅣive", "Olive"), ("Bㅇb", "Bob"), ("B〇b", "Bob"), ("丨da", "Ida")],
)  # fmt: skip
def test_accents_and_points_do_not(one, other):
    assert not keys_of(one).isdisjoint(keys_of(other))


@pytest.mark.parametrize(
    ("protected", "name"),
    [
        # Marks that are drawn as nothing, that stand on no letter, or that belong to no script.
        ("सीता शर्मा", "सीता\u034f शर्मा"),
        ("सीता शर्मा", "सीता शर्मा\ufe0f"),
        ("सीता शर्मा", "सी\u0323ता शर्मा"),
        ("สมชาย", "สมชาย\U000e0100"),
        ("សុខ", "សុ\u17b4ខ"),
        ("The Margin", "The \u034fMargin"),
        ("The Margin", "\u0332The Margin"),
        # Signs that stand for letters, or for themselves.
        ("The Margin", "The Margin!"),
        ("The Margin", "|The Margin|"),
        ("The Margin", "The Marg¡n"),
        ("The Margin", "The M\U0001f170rgin"),
        ("Sam", "$am"),
        ("Maren", "Ma\u027een"),
    ],
)
def test_what_tells_no_name_from_another_does_not_count(protected, name):
    assert is_refused(name, protected)


def test_what_is_common_to_all_scripts_is_of_none():
    assert [sign for sign in "0 -.'🎉✓" if scripts_of(sign)] == []
    assert scripts_of("ж") == {"Cyrl"}
