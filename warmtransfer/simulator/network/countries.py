"""The countries that can be called, by what their numbers begin with."""

from __future__ import annotations

from dataclasses import dataclass

#: Continent -> `ISO name code[,code]`, as the dialling permissions have them (voice.twilio.com, v1). Canada
#: is one with the United States there, and so it is here.
_TABLE = {
    "AFRICA": """
        DZ Algeria 213; AO Angola 244; BJ Benin 229; BW Botswana 267; BF Burkina Faso 226; BI Burundi 257;
        CM Cameroon 237; CV Cape Verde 238; CF Central African Republic 236; TD Chad 235; KM Comoros 269;
        CG Congo 242; CD Congo, Democratic Republic 243; DJ Djibouti 253; EG Egypt 20;
        GQ Equatorial Guinea 240; ER Eritrea 291; SZ Eswatini 268; ET Ethiopia 251; GA Gabon 241;
        GM Gambia 220; GH Ghana 233; GN Guinea 224; GW Guinea-Bissau 245; CI Ivory Coast 225;
        KE Kenya 254; LS Lesotho 266; LR Liberia 231; LY Libya 218; MG Madagascar 261; MW Malawi 265;
        ML Mali 223; MR Mauritania 222; MU Mauritius 230; MA Morocco 212; MZ Mozambique 258;
        NA Namibia 264; NE Niger 227; NG Nigeria 234; RE Reunion 262; RW Rwanda 250; SH Saint Helena 290;
        ST Sao Tome and Principe 239; SN Senegal 221; SC Seychelles 248; SL Sierra Leone 232;
        SO Somalia 252; ZA South Africa 27; SS South Sudan 211; SD Sudan 249; TZ Tanzania 255;
        TG Togo 228; TN Tunisia 216; UG Uganda 256; ZM Zambia 260; ZW Zimbabwe 263""",
    "ASIA": """
        AF Afghanistan 93; AM Armenia 374; AZ Azerbaijan 994; BH Bahrain 973; BD Bangladesh 880;
        BT Bhutan 975; BN Brunei 673; KH Cambodia 855; CN China 86; GE Georgia 995; HK Hong Kong 852;
        IN India 91; ID Indonesia 62; IR Iran 98; IQ Iraq 964; IL Israel 972; JP Japan 81; JO Jordan 962;
        KZ Kazakhstan 77; KW Kuwait 965; KG Kyrgyzstan 996; LA Laos 856; LB Lebanon 961; MO Macau 853;
        MY Malaysia 60; MV Maldives 960; MN Mongolia 976; MM Myanmar 95; NP Nepal 977; KP North Korea 850;
        OM Oman 968; PK Pakistan 92; PS Palestinian Territory 970; PH Philippines 63; QA Qatar 974;
        SA Saudi Arabia 966; SG Singapore 65; KR South Korea 82; LK Sri Lanka 94; SY Syria 963;
        TW Taiwan 886; TJ Tajikistan 992; TH Thailand 66; TL Timor-Leste 670; TR Turkey 90;
        TM Turkmenistan 993; AE United Arab Emirates 971; UZ Uzbekistan 998; VN Vietnam 84; YE Yemen 967""",
    "EUROPE": """
        AL Albania 355; AD Andorra 376; AT Austria 43; BY Belarus 375; BE Belgium 32;
        BA Bosnia and Herzegovina 387; BG Bulgaria 359; HR Croatia 385; CY Cyprus 357;
        CZ Czech Republic 420; DK Denmark 45; EE Estonia 372; FO Faroe Islands 298; FI Finland 358;
        FR France 33; DE Germany 49; GI Gibraltar 350; GR Greece 30; HU Hungary 36; IS Iceland 354;
        IE Ireland 353; IT Italy 39; XK Kosovo 383; LV Latvia 371; LI Liechtenstein 423; LT Lithuania 370;
        LU Luxembourg 352; MT Malta 356; MD Moldova 373; MC Monaco 377; ME Montenegro 382;
        NL Netherlands 31; MK North Macedonia 389; NO Norway 47; PL Poland 48; PT Portugal 351;
        RO Romania 40; RU Russia 7; SM San Marino 378; RS Serbia 381; SK Slovakia 421; SI Slovenia 386;
        ES Spain 34; SE Sweden 46; CH Switzerland 41; UA Ukraine 380; GB United Kingdom 44""",
    "NORTH_AMERICA": """
        US United States/Canada 1; AI Anguilla 1264; AG Antigua and Barbuda 1268; AW Aruba 297;
        BS Bahamas 1242; BB Barbados 1246; BZ Belize 501; BM Bermuda 1441; VG British Virgin Islands 1284;
        KY Cayman Islands 1345; CR Costa Rica 506; CU Cuba 53; CW Curacao 599; DM Dominica 1767;
        DO Dominican Republic 1809,1829,1849; SV El Salvador 503; GL Greenland 299; GD Grenada 1473;
        GP Guadeloupe 590; GT Guatemala 502; HT Haiti 509; HN Honduras 504; JM Jamaica 1658,1876;
        MQ Martinique 596; MX Mexico 52; MS Montserrat 1664; NI Nicaragua 505; PA Panama 507;
        PR Puerto Rico 1787,1939; KN Saint Kitts and Nevis 1869; LC Saint Lucia 1758;
        PM Saint Pierre and Miquelon 508; VC Saint Vincent and the Grenadines 1784; SX Sint Maarten 1721;
        TT Trinidad and Tobago 1868; TC Turks and Caicos Islands 1649;
        VI United States Virgin Islands 1340""",
    "OCEANIA": """
        AS American Samoa 1684; AU Australia 61; CK Cook Islands 682; FJ Fiji 679;
        PF French Polynesia 689; GU Guam 1671; KI Kiribati 686; MH Marshall Islands 692;
        FM Micronesia 691; NR Nauru 674; NC New Caledonia 687; NZ New Zealand 64; NU Niue 683;
        MP Northern Mariana Islands 1670; PW Palau 680; PG Papua New Guinea 675; WS Samoa 685;
        SB Solomon Islands 677; TO Tonga 676; TV Tuvalu 688; VU Vanuatu 678; WF Wallis and Futuna 681""",
    "SOUTH_AMERICA": """
        AR Argentina 54; BO Bolivia 591; BR Brazil 55; CL Chile 56; CO Colombia 57; EC Ecuador 593;
        FK Falkland Islands 500; GF French Guiana 594; GY Guyana 592; PY Paraguay 595; PE Peru 51;
        SR Suriname 597; UY Uruguay 598; VE Venezuela 58""",
}


@dataclass(frozen=True)
class Country:
    """A country: its ISO code, its name, what its numbers begin with, its continent."""

    iso: str
    name: str
    codes: tuple[str, ...]
    continent: str


def _read() -> dict[str, Country]:
    found = {}
    for continent, text in _TABLE.items():
        for row in text.split(";"):
            iso, _, rest = " ".join(row.split()).partition(" ")
            name, _, codes = rest.rpartition(" ")
            found[iso] = Country(iso, name, tuple(f"+{code}" for code in codes.split(",")), continent)
    return dict(sorted(found.items()))


COUNTRIES = _read()
_LONGEST_FIRST = sorted(
    ((code, country) for country in COUNTRIES.values() for code in country.codes),
    key=lambda pair: -len(pair[0]),
)


def country_of(number: str) -> Country | None:
    """The country that a number in E.164 belongs to; None for one that no country has."""
    return next((country for code, country in _LONGEST_FIRST if number.startswith(code)), None)
