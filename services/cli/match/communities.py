"""Where generated children come from, and what they are called: public, common names in their usual order of frequency.

No list of real children stands behind them. Each list is followed by rare names made of its language's syllables, so
that most names are rare, as they are among people.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Community:
    """A nationality, its language and its share of the children; names from the commonest, and syllables of the rest.

    `middles` are words that say a sex and tell nobody apart. `family_first`: the family name is written first at home.
    Without families, a child is called after father and grandfather.
    """

    nationality: str
    language: str
    share: float
    girls: str
    boys: str
    families: str
    syllables: str
    middles: tuple[str, str] = ("", "")
    family_first: bool = False


COMMUNITIES = (
    Community(
        "VN",
        "vi",
        0.22,
        "Linh Trang Huong Hoa Mai Lan Thao Ngoc Phuong Hang Nhung Yen Thuy Nga Hien Dung Bich Quynh Uyen Tam",
        "Minh Hung Tuan Dung Hai Duc Long Nam Thanh Quan Hieu Cuong Khanh Son Tien Phuc Huy Bao Trung Dat",
        "Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Do Ho Ngo Duong Ly Truong Dinh Mai Lam Cao Trinh",
        "ba bich chau dao gia ha hong kim lien luu my nhat quy tham thi tho tuyet vinh xuan vy",
        ("Thi", "Van"),
        family_first=True,
    ),
    Community(
        "AL",
        "sq",
        0.14,
        "Ana Elena Mirela Anxhela Elira Valbona Drita Arta Besa Lindita Teuta Shpresa Fatjona Klea Sara",
        "Arben Gezim Agim Besnik Ilir Artan Ardit Erion Klodian Altin Bledar Gentian Dritan Fatos Luan",
        "Hoxha Prifti Shehu Dervishi Bajrami Gjoka Kola Marku Leka Berisha Krasniqi Rama Basha Duka Zeneli",
        "ar ber dri fla gjo ili kre lum mar ndre pal qen rri shqi tafa ura vje xha zef ylli",
    ),
    Community(
        "ER",
        "ti",
        0.11,
        "Selam Hanna Fiyori Rahel Feven Luwam Sara Bethlehem Meron Helen Winta Yordanos Saba Eden Senait",
        "Filmon Samuel Robel Yonas Daniel Natnael Abel Henok Amanuel Tesfay Mehari Bereket Kibrom Aron",
        "",
        "a be de fi ge ha ke la me na ra se te wo ya ze bre hai kid sel",
    ),
    Community(
        "AF",
        "ps",
        0.12,
        "Fatima Zahra Maryam Zaynab Parwana Shabnam Nazanin Farida Laila Zarghuna Palwasha Spozhmai Gulalai",
        "Muhammad Ahmad Ali Omid Farhad Jawad Hamid Nasir Zabihullah Esmatullah Rahim Karim Najib Samiullah",
        "Ahmadi Mohammadi Rahimi Karimi Hosseini Noori Sahak Stanikzai Safi Zadran Wardak Amiri Hakimi Popal",
        "ah ba dar far gul ham jan kha lal mir naz par qad rah shah taj ul wal yar zai",
    ),
    Community(
        "SD",
        "ar",
        0.11,
        "Fatima Aisha Amina Maryam Khadija Hawa Salma Zahra Huda Rania Samira Nour Asma Halima Ikhlas Safia",
        "Muhammad Ahmad Ali Umar Usman Ibrahim Abdullah Hassan Khalid Mustafa Adam Yusuf Idris Ismail Haroun",
        "",
        "ab bak dar ess fad gha had ish jum kam lub mah nad rab sad tah ubi was yah zak",
    ),
    Community(
        "SO",
        "so",
        0.08,
        "Faduma Hawa Amina Khadija Aisha Hodan Ifrah Nimo Sahra Ubah Fartun Ayan Deqa Hibo Ladan Idil",
        "Maxamed Cabdi Axmed Xasan Cali Yusuf Ibrahim Cumar Abdirahman Farah Jama Nur Warsame Guled Liban",
        "",
        "aw bar cab dah fa gee hus il jaa ka li maa nuu qo ra sa ta war xir yaa",
    ),
    Community(
        "RO",
        "ro",
        0.10,
        "Maria Elena Ioana Andreea Alexandra Gabriela Cristina Mihaela Simona Denisa Larisa Bianca",
        "Andrei Alexandru Ionut Stefan Mihai Gabriel Florin Marius Adrian Daniel Cosmin Razvan Nicolae",
        "Popa Popescu Ionescu Pop Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Lazar Serban",
        "al bog cri dar eli flo gri hor ion lac mir nec oan pet rad sor tud vio zam escu",
    ),
    Community(
        "CN",
        "zh",
        0.06,
        "Xiaoli Meiling Yan Fang Lihua Xiuying Jing Min Ying Na Hong Juan Xia Ping Yun Lan",
        "Wei Qiang Lei Jun Yong Jie Tao Ming Chao Gang Bo Hao Jian Feng Xiaoming Long",
        "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Lin",
        "ai bin chun da en fu guo hai jia kai ling mei ning pei qing rong shu tian wen xin",
        family_first=True,
    ),
    Community(
        "NG",
        "en",
        0.06,
        "Blessing Joy Grace Mercy Faith Patience Favour Precious Esther Ngozi Chioma Amaka Ifeoma Osas",
        "Emmanuel Victor Samuel Daniel Michael Peter Chidi Emeka Osaze Efosa Tunde Segun Ikenna Obinna Musa",
        "Okafor Eze Osagie Igbinedion Okonkwo Ogbebor Omoregie Aigbe Nwosu Obi Adeyemi Balogun Ehigie",
        "ade bola chi dum efe fun gbo ife jide ken lola nna obi pat sola tobi uche wale yemi zik",
    ),
)
