"""The names of regions, by their codes after ISO 3166-2, for countries whose services are often
regional. A code that is not here is shown as it is."""

from __future__ import annotations

_NAMES = {
    "AT": "1 Burgenland, 2 Kärnten, 3 Niederösterreich, 4 Oberösterreich, 5 Salzburg, "
    "6 Steiermark, 7 Tirol, 8 Vorarlberg, 9 Wien",
    "AU": "ACT Australian Capital Territory, NSW New South Wales, NT Northern Territory, "
    "QLD Queensland, SA South Australia, TAS Tasmania, VIC Victoria, WA Western Australia",
    "BE": "BRU Bruxelles · Brussel, VLG Vlaanderen, WAL Wallonie",
    "CA": "AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, "
    "NL Newfoundland and Labrador, NS Nova Scotia, NT Northwest Territories, NU Nunavut, "
    "ON Ontario, PE Prince Edward Island, QC Québec, SK Saskatchewan, YT Yukon",
    "DE": "BB Brandenburg, BE Berlin, BW Baden-Württemberg, BY Bayern, HB Bremen, HE Hessen, "
    "HH Hamburg, MV Mecklenburg-Vorpommern, NI Niedersachsen, NW Nordrhein-Westfalen, "
    "RP Rheinland-Pfalz, SH Schleswig-Holstein, SL Saarland, SN Sachsen, ST Sachsen-Anhalt, "
    "TH Thüringen",
    "ES": "AN Andalucía, AR Aragón, AS Asturias, CB Cantabria, CE Ceuta, CL Castilla y León, "
    "CM Castilla-La Mancha, CN Canarias, CT Catalunya, EX Extremadura, GA Galicia, "
    "IB Illes Balears, MC Región de Murcia, MD Comunidad de Madrid, ML Melilla, NC Navarra, "
    "PV Euskadi, RI La Rioja, VC Comunitat Valenciana",
    "GB": "ENG England, NIR Northern Ireland, SCT Scotland, WLS Wales",
    "IE": "C Connacht, L Leinster, M Munster, U Ulster, D Dublin, CO Cork, G Galway",
    "US": "AK Alaska, AL Alabama, AR Arkansas, AZ Arizona, CA California, CO Colorado, "
    "CT Connecticut, DC District of Columbia, DE Delaware, FL Florida, GA Georgia, HI Hawaii, "
    "IA Iowa, ID Idaho, IL Illinois, IN Indiana, KS Kansas, KY Kentucky, LA Louisiana, "
    "MA Massachusetts, MD Maryland, ME Maine, MI Michigan, MN Minnesota, MO Missouri, "
    "MS Mississippi, MT Montana, NC North Carolina, ND North Dakota, NE Nebraska, "
    "NH New Hampshire, NJ New Jersey, NM New Mexico, NV Nevada, NY New York, OH Ohio, "
    "OK Oklahoma, OR Oregon, PA Pennsylvania, PR Puerto Rico, RI Rhode Island, "
    "SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VA Virginia, "
    "VT Vermont, WA Washington, WI Wisconsin, WV West Virginia, WY Wyoming",
}
NAMES = {
    f"{country}-{code}": name
    for country, said in _NAMES.items()
    for code, name in (each.split(" ", 1) for each in said.split(", "))
}


def name(code: str) -> str:
    return NAMES.get(code, code)


def is_in(code: str, country: str | None) -> bool:
    """Whether a region is one of this country, or of any where none is given."""
    return country is None or code.startswith(f"{country}-")
