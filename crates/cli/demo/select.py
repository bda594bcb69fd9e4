#!/usr/bin/env python3
"""Chooses the complaints that the demo ships: python3 select.py nhtsa_complaints.csv > complaints.csv

The source is public, and its publisher has already blacked out what it noticed. Here nobody is to be
found at all, so the filter is on the side of leaving out: a row stays only if every capitalised word of
its text is known not to be a name. README.md beside this file says what is known and how.
"""

import collections
import csv
import re
import sys

FIRST_DAY, LAST_DAY = "2024-02-01", "2024-03-31"
KEPT = [
    "complaint_id", "received_date", "incident_date", "manufacturer", "make", "model", "model_year",
    "component", "product_type", "crash", "fire", "injured", "text",
]

# Capitalised words that were read in their sentences and name no person: abbreviations of parts and of
# authorities, months and days, words that only begin sentences. A word that is not here costs the row.
READ_AND_KNOWN = set("""
aaa adas aeb additionally advancetrac alternatively antenna april aside asthma assit aug august awd bcm bluelink
bluetooth bmws bodyshop bosch bsp category cel chassis classification coincidentally collison covid
crv crvs csp cv dcm dct dec december def destroying dic dmv dot dtc dtcs ebcm ecosports ecus egr elantras epas eps erg
esp eta evap evaporative everytime eves evs extreame eyesight fcw feb february fin financially fords fourth friday frm
furthermore fusions guage gps hcu hecu hello hi hrv hud hvac hvbjb hyndai iccu icu illuminating imhd intermittently january july
june kinked lastly led lh likewise lka maf march may meanwhile mil monday moreover motorcycles mpg nhtsa nov november
obd obdii ocs october oct oem onstar ota overland pcm pcp pcv pcm phasers phev porche powerboost predictive
premium ptc ptu rangers reluctor restraint rh rotted rouge saturday sept september separator shark sixth
solenoids sos sportback srs ssm stabilitrak subarus sunday superchargers superseded surely sway
tag tcm tcv telsa thanks thanksgiving thursday tpms trac tracing trans tremendously tsb tsbs tuesday tundras
untill usa us vanos vin vins volkswagon vtc vvt vw wabble warrenty wednesday wherever wine wss xle xlt xxl yeh
i i'm i've ive im id ill tv ac abs suv suvs rpm rpms mph ecm nhtsa's ok ev
""".lower().split())

# Given names and the family names that are common words or makes' neighbours: enough to leave the row
# out wherever one stands, capitalised or not a name at all in that place.
NAMES = set("""
aaron abby adam al alan albert alex alexander alexis alice alicia allan allen allison amanda amber amy ana andre andrea
andrew andy angel angela angelica anita ann anna anne annie anthony antonio april arthur ashley barbara barry ben benjamin
bernard beth betty beverly bill billy bob bobby bonnie brad bradley brandon brenda brian bruce bryan carl carla carlos carol
caroline carolyn catherine cathy charles charlie charlotte cheryl chris christian christina christine christopher cindy claire
clay clara colin connie craig crystal curtis cynthia dan daniel danielle danny darren dave david dawn dean debbie deborah
debra dennis derek diana diane don donald donna doreen doris dorothy doug douglas duane dustin dylan earl ed eddie edgar
edward edwin eileen elaine elena elizabeth ellen emily emma eric erica erik erin ernest ethan eugene eva evan evelyn felix
fernando frances francis frank fred gabriel gail gary gene george gerald gilbert gina glen glenn gloria gordon greg gregory
guy hannah harold harry heather hector helen henry herbert holly howard hugh ian irene isaac isabel ivan jack jackie jackson
jacob jaime jake james jamie jane janet janice jared jason javier jay jean jeff jeffrey jennifer jenny jeremy jerome jerry
jesse jessica jesus jill jim jimmy joan joanne joe joel john johnny jon jonathan jordan jorge jose joseph josh joshua joyce
juan juanita judith judy julia julian julie justin karen kate katherine kathleen kathryn kathy katie keith kelly ken kenneth
kenny kevin kim kimberly kristen kristin kurt kyle larry laura lauren laurie lawrence lee leo leon leonard leslie lewis linda
lisa lloyd lois lori louis louise lucas lucy luis luke lynn manuel marc marcus margaret maria marie marilyn mario marion
marjorie marlene martha martin marvin mary matt matthew maureen maurice max megan melanie melissa melvin michael michele
michelle miguel mike mildred mitchell molly monica morgan nancy natalie nathan neil nicholas nick nicole nina norma norman
olivia oscar pamela pat patricia patrick paul paula pauline pedro peggy peter phil philip phillip phyllis rachel ralph ramon
randall randy raul ray raymond rebecca regina renee ricardo richard rick ricky rita rob robert roberta roberto robin rodney
roger roland ron ronald rosa rose rosemary ross roy ruben russell ruth ryan sally sam samantha samuel sandra sara sarah scott
sean seth shane shannon sharon shaun shawn sheila shelly sherry shirley sidney sophia stacey stacy stan stanley stella
stephanie stephen steve steven stuart sue susan suzanne sylvia tamara tammy tara ted teresa terri terry thelma theodore
theresa thomas tiffany tim timothy tina todd tom tommy toni tony tracy travis trevor troy tyler valerie vanessa vera vernon
veronica vicki victor victoria vincent virginia vivian walter wanda warren wayne wendy wesley william willie yolanda yvonne
zachary smith johnson jones davis miller wilson moore taylor anderson jackson harris thompson garcia martinez robinson
clark rodriguez walker hall hernandez wright lopez hill green adams baker gonzalez nelson carter mitchell perez roberts
turner phillips campbell parker evans edwards collins
""".split())
# Names that are also everyday words in these texts: they count only where they are written like a name,
# capitalised within a sentence.
ALSO_WORDS = set("""
april clay dawn don frank gene green guy hall hill holly jack jay jean lee mark may pat ray rich rob rose sue ted tom
will drew grant walker baker parker turner carter angel crystal gail al ed ken dean
""".split())

BROKEN_OFF = re.compile(r"\[X+\]|REDACTED|[\x00-\x08\x0b-\x1f\x7f-\x9f]|[ÃâÂ]\S")
CONTACT = re.compile(
    r"@|https?:|www\.|\.com\b|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}|\d{3}[-.]\d{4}|\d{7,}"
    r"|\b[A-HJ-NPR-Z0-9]{17}\b|\b(?:P\.?O\.? ?BOX|ZIP|LICENSE PLATE|VIN ?(?:#|NUMBER|:))"
    r"|\b\d+ [A-Z][a-z]+ (?:St|Street|Ave|Avenue|Rd|Road|Blvd|Drive|Dr|Lane|Ln|Way|Hwy|Highway)\b", re.I)
ADDRESSED = re.compile(
    r"\b(?:mr|mrs|ms|miss|dr|prof|sgt|officer|trooper|deputy|attorney)\b\.? +[A-Z]"
    r"|\bmy name\b|\bname is\b|\bnamed?,? +[A-Z]|\bby the name\b|\bsincerely\b|\bregards[,.]|\bsigned\b"
    r"|\b(?:yours|respectfully|cordially)\b|^\s*-\s*[A-Z]", re.I | re.M)
SPOKEN_TO = re.compile(
    r"\b(?:[Ss]poke|[Ss]peak|[Ss]poken|[Ss]peaking|[Tt]alked|[Tt]alking|[Ee]mailed|[Tt]exted|[Mm]et|SPOKE|TALKED|SPEAKING)"
    r" (?:to|with|TO|WITH) (?!the\b|a\b|an\b|my\b|their\b|THE\b|A\b|MY\b)([A-Z][A-Za-z]+)")
POSSESSIVE = re.compile(r"\b([A-Z][a-z]+)['’]s\b")
CAPITALISED = re.compile(r"\b[A-Z][A-Za-z]+\b")
WORD = re.compile(r"[A-Za-z]+")


def in_capitals(text):
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) * 10 > len(letters) * 6


def begins_sentence(text, at):
    before = text[:at].rstrip(" \"“'‘(*-")
    return not before or before[-1] in ".!?:;\n"


def reason_to_leave_out(row, everyday, product_words):
    text = row["text"]
    for why, pattern in [("redacted or damaged text", BROKEN_OFF), ("contact, number or address", CONTACT),
                         ("addressed, named or signed", ADDRESSED)]:
        if pattern.search(text):
            return why
    if in_capitals(text):
        # Nothing tells a name from another word: only everyday words and products may stand.
        for word in WORD.findall(text):
            lower = word.lower()
            if lower in NAMES or (len(word) > 1 and everyday[lower] < 5 and lower not in product_words):
                return "a word in capitals that is not known"
        return None
    for match in SPOKEN_TO.finditer(text):
        if match[1].lower() not in product_words:
            return "somebody spoken to"
    for match in CAPITALISED.finditer(text):
        lower = match[0].lower()
        if lower in NAMES and lower not in product_words:
            if lower not in ALSO_WORDS or not begins_sentence(text, match.start()):
                return "a given or family name"
        elif everyday[lower] < 2 and lower not in product_words and lower not in READ_AND_KNOWN:
            return "a capitalised word that is not known"
    for match in re.finditer(r"\b[a-z]+\b", text):
        if match[0] in NAMES and match[0] not in ALSO_WORDS and match[0] not in product_words:
            return "a given or family name"
    return None


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    everyday = collections.Counter()
    for row in rows:
        if not in_capitals(row["text"]):
            everyday.update(re.findall(r"\b[a-z]+\b", row["text"]))
    product_words = {word.lower() for row in rows for column in ("manufacturer", "make", "model", "component")
                     for word in WORD.findall(row[column])}
    seen, left_out, kept = set(), collections.Counter(), []
    for row in rows:
        if not FIRST_DAY <= row["received_date"] <= LAST_DAY or row["complaint_id"] in seen:
            continue
        seen.add(row["complaint_id"])
        why = reason_to_leave_out(row, everyday, product_words)
        if why:
            left_out[why] += 1
        else:
            kept.append({column: " ".join(row[column].split()) for column in KEPT})
    kept.sort(key=lambda row: (row["received_date"], row["complaint_id"]))
    out = csv.DictWriter(sys.stdout, KEPT, lineterminator="\n")
    out.writeheader()
    out.writerows(kept)
    print(f"{len(seen)} complaints, {len(kept)} kept; left out:", file=sys.stderr)
    for why, count in left_out.most_common():
        print(f"  {count:4} {why}", file=sys.stderr)


if __name__ == "__main__":
    main()
