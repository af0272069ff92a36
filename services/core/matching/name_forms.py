"""What is known of names: what stands for no name, what joins the parts of one, and the forms that one name takes.

Common knowledge of the languages that children at risk most often bring, gathered by hand; no list of real children.
"""

# What people write where they know no name: no part of a name, wherever it stands.
NOBODY = frozenset(
    """
    unknown unk unknwn unnamed unidentified unspecified noname nfn fnu lnu anonymous anon anonym nobody redacted
    refuse refused refuses refusing declined withheld undisclosed
    baby infant newborn boy girl twin male female uasc
    unbekannt inconnu inconnue desconocido desconocida sconosciuto necunoscut necunoscuta panjohur neznamy nieznany
    mr mrs miss ms mx dr
    """.split()  # noqa: SIM905 - one word each reads better than a list of quotes
)

# Of these, whose misspellings are no name either, and no name is spelt nearly so.
OFTEN_MISSPELT = ("unknown", "refused", "anonymous", "unidentified", "undisclosed")

# The same, where nothing else stands beside it; beside a name it may be one, as in "Li Na".
NOBODY_ALONE = frozenset(
    """
    none nil null nan na nk dnk tbc tba no not given known stated available recorded provided disclosed yet undefined
    name surname forename child minor person young yp patient subject sir master to of or say give did will dont know
    foreign national migrant refugee test khong ro biet co ten
    afghan african albanian asian british chinese eritrean ethiopian iranian iraqi kurdish nigerian romanian somali
    sudanese syrian vietnamese
    """.split()  # noqa: SIM905 - as above
)

# Whole names, their parts sorted, that stand for nobody.
NOBODY_TOGETHER = frozenset({("doe", "john"), ("doe", "jane")})

# The same in other scripts, where Latin letters would make a name of it; spaces are left out.
NOBODY_WRITTEN = frozenset(
    """
    \u672a\u77e5 \u4e0d\u660e \u4e0d\u8a73 \u4e0d\u8be6 \u65e0\u540d \u7121\u540d
    \u0645\u062c\u0647\u0648\u0644 \u0645\u062c\u0647\u0648\u0644\u0629 \u063a\u064a\u0631\u0645\u0639\u0631\u0648\u0641
    \u0646\u0627\u0645\u0639\u0644\u0648\u0645
    \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e \u043d\u0435\u0432\u0456\u0434\u043e\u043c\u043e
    """.split()  # noqa: SIM905 - as above
)

# Whose name follows "of": a mother's in "Baby of ..."; the child's own, if any, stands before.
CHILD_OF = frozenset({"baby", "infant", "newborn", "boy", "girl", "twin", "child", "son", "daughter"})

# What joins or adorns names in many languages and tells nobody apart: articles, "son of", Vietnamese middle names that
# say a sex. Nothing stands here that is also a family name, such as Le, Do or Mac.
PARTICLES = frozenset(
    """
    al el ul ur ud ad as ar az bin ibn bint binti bte binte beni
    de da dos das del della des du von der den ter thi van ould wuld
    """.split()  # noqa: SIM905 - as above
)

# The letters that Arabic script writes of names so short, or so like another, that consonants alone do not tell them.
WRITTEN_WITHOUT_VOWELS = {
    "ly": "ali",
    "mr": "umar",
    "hmd": "ahmad",
    "mhmd": "muhammad",
    "hsn": "hassan",
    "hsyn": "hussein",
    "ywsf": "yusuf",
    "brhym": "ibrahim",
    "nwr": "nur",
    "syd": "sayid",
    "khld": "khalid",
    "bdllh": "abdullah",
    "thmn": "usman",
    "ftmh": "fatima",
    "yshh": "aisha",
    "mrym": "maryam",
    "zynb": "zaynab",
    "khdyjh": "khadija",
    "lyl": "leila",
    "amnh": "amina",
    "ysmyn": "yasmin",
}

# Digits that are typed, or put, in place of a letter.
DIGITS = str.maketrans("0135", "oles")

# Letters of other scripts that look like a Latin one, where they stand in a part with Latin letters.
LOOKALIKES = {
    ord(other): latin
    for others, latins in (
        ("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d", "aeopcyxijshdqw"),
        ("\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406", "ABEKMHOPCTYXI"),
        ("\u03bf\u03bd\u03c5\u03b1\u03b9\u03ba\u03c1\u03c4\u03c7", "ovuaikptx"),
        ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7", "ABEZHIKMNOPTYX"),
    )
    for other, latin in zip(others, latins, strict=True)
}

# One line a name: how it is heard and shortened. No form stands in two lines, so that a form has one name.
_FORMS = """
abdul abdel abd abdoul abdal
abdi cabdi abdy
nur noor nour nuur
muhammad muhamad mohammed mohamed mohammad muhammed mohamad muhamed mahammad mehmet mohd mahamed maxamed mohammod
ahmad ahmed axmed ahmet achmad ahmat
hussein hussain xuseen husain hossein husayn hosein
hassan hasan xasan hassen
yusuf yusuuf youssef yousef yusef yousuf yosef josef joseph jozef iosif
ibrahim ebrahim ibrahima abraham avraham
ali aly cali
umar omar omer cumar
usman osman cusman cismaan othman uthman
khalid khaled
sayid said saeed saed sayed syed sayyid
abdullah abdallah abdulla abdulah
jamal gamal djamal cemal
fatima fatma faadumo fatimah fatemeh faduma fadumo fatoumata fatou
aisha ayesha aysha aicha ayse aishah caasha
maryam mariam maria mary marija mirjam miriam meryem maryan
zaynab zainab zeynep zeinab
khadija khadijah hatice khadra xadiija
yasmin yasmine jasmin jasmine yasemin
leila layla laila leyla lejla
amina aminah emine aamina
selam selamawit
tesfaye tesfay
girma ghirma
hanna hannah hana hanan
mikael michael mihai mikhail mykhailo michal mihail
giorgis george giorgi gheorghe georgi jorgo jorgji yorgos
yohannes johannes john ioan ion ivan gjon yohanes
petros peter petru pjeter petar pedro petro
stefan stephan stephen shtjefen stepan
aleksander alexander alexandru aleksandr oleksandr alex aleks sasha skender
andrei andrew andrej andriy andreas ndre
elena helena olena ilona helen eleni
ana anna ann anne
ioana joana
viorica vica
nicolae nicholas nikolai mykola nikola nikolla
constantin konstantin costel
vasile vasil vasyl basil
besnik besniku
agim agimi
arben ben arbeni
xhevdet dzhevdet djevdet cevdet gjevdet
gjergj gjergji
nguyen nguyn
tran tran
pham fam
phuong fuong
huong houng
zhang cheung chang
wang wong
li lee lei
chen chan tan
lin lam
xu hsu
zhou chow chou
elizabeth liz beth lisa elisabeth elisabeta
catherine katherine kate katie ecaterina kateryna katerina
daniel dan danny danil danylo
gabriel gabi gavril
"""


def _by_form() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _FORMS.split("\n"):
        for form in line.split():
            found.setdefault(form, line.split()[0])
    return found


FORMS: dict[str, str] = _by_form()
