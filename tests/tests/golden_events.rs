//! The golden events: a line or more of each type and schema of event that was ever written, taken from real logs.
//!
//! Somebody's journal is full of such lines and is never written anew, so none of them changes or goes. When a type gets
//! its next schema, the lines of the schema before stay, `EARLIER` says how they are read, and lines of the new one
//! are added with their digests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use redress::{ClockEvent, LogEvent};
use redress_core::event::ComplaintEvent;
use redress_core::month::MonthEvent;
use redress_core::person::PersonEvent;
use redress_core::staff::StaffEvent;
use redress_kernel::adoption::RulesEvent;
use redress_kernel::event::{CaseEvent, EventError, Kind};
use redress_kernel::numbering::NumbersEvent;
use redress_kernel::organisation::OrganisationEvent;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// Reads a payload and gives the type, the schema and the payload under which it would be written today.
type Rewrite = fn(&str, u32, &str) -> Result<(&'static str, u32, String), EventError>;

macro_rules! families {
    ($($name:ident)*) => {
        /// Every enum that `events!` declares, by its name.
        const FAMILIES: &[(&str, &[Kind], Rewrite)] = &[$((
            stringify!($name),
            $name::KINDS,
            |kind, schema, payload| {
                let event = $name::read(kind, schema, payload)?;
                Ok((event.kind(), event.schema(), event.payload().unwrap()))
            },
        )),*];
    };
}

families! {
    CaseEvent ComplaintEvent StaffEvent PersonEvent MonthEvent
    OrganisationEvent RulesEvent NumbersEvent ClockEvent LogEvent
}

/// How the golden lines of earlier schemas are read: type, schema, payload as recorded, payload as it would be
/// written today. In the order of the golden lines.
const EARLIER: &[(&str, u32, &str, &str)] = &[
    (
        "clock.confirmed",
        1,
        r#"{"clock":"2026-03-02T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z"}"#,
        r#"{"clock":"2026-03-02T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z","found":"behind"}"#,
    ),
    (
        "clock.confirmed",
        1,
        r#"{"clock":"2026-03-03T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z"}"#,
        r#"{"clock":"2026-03-03T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z","found":"ahead"}"#,
    ),
];

/// Type, schema and SHA-256 of each golden line without its line end. A row is added with its line and is then never
/// changed: if a line no longer agrees with its row, the line is wrong.
const DIGESTS: &str = "\
case.clock_started 1 0f9c59ba0c78b0c32be0f42cec67af9279cf119e508bf5e5aa9aeb28874ef009
case.closed 1 07c23edc1c0d87b16f7099053c98687b6db70f0b7bcb5d5113d4e7d1c5e69ae3
case.closed 1 373789a0c8eae97c61ed4ab76a77d39553793c5be0556e481d697cd2d02ac53b
case.deadline_moved 1 68cbc3250c7f329fc8c2122ba90abafe178ce25d607a34c40f8646d682296d8f
case.due_soon_noticed 1 50170faa09ad1e4553e7c4f1640583494dd4e998d7d590b48b2f53b4a04e3f02
case.due_soon_noticed 1 c441baf4ef56d9f5d1bfdacca6c5c36b3fd1e0180f0d62ed128d2961be999dd9
case.inquiry_answered 1 b869926a00b1336784adad14491877fa21bdb75fd55c0fd75d4dc8a08ddcbb7c
case.inquiry_issued 1 8f9133e348ab5c47d284ae2da106c45713566e7bcf1d3b594f8823224d93ffd4
case.linked 1 d0d78c5887a30b4fac1d4273ae11e599b999c496ae3a00c314ebb2b519746f12
case.numbered 1 20b5fe037d103aed2bf13f6fb446233ddce2d65ea5cc84b81992e2523f9176f9
case.opened 1 4ab733d71b0b70fb968f35072bd0aed4ac2f1e6502ecd4d9a71e77f66ee643f7
case.opened 1 cd3fc82da41232a4d7b839c0d0a807b94a771671cb63b0a93aa926d232b8ee55
case.reminder_issued 1 9f679667645089b796b2977c1fe8288055a4079d4ce28f66741364cc10d8ef45
case.reminder_issued 1 529ac9e5392d37c69c3f9e23e1f61ab157782882594403ee0c03b5d37d5ba30e
case.resumed 1 97d717cb51d88b737d89d8c97d298d070fd59758c6d3f56955b2a356ab44e2c4
case.sent_back 1 7146ca43bb49cc17eaa9a281a9f83b054f2699fbbaeae660b6290d648863a21c
case.stage_endorsed 1 4205f91437b49b9c33ca692a2beeac24aee8f71a7a320e7a9064cc219cbf058f
case.stage_endorsed 1 569950ec96d95350cbce3aa532919e8c5757a40bbb7761ed96a5c1ecd30f4aeb
case.stage_reported 1 a3d2d24b02315843c5146c920752f6b73f6153b89da06af517f1da902ec51252
case.stage_skipped 1 c160f90c4a1a37d4c50576fa457bde22f2d79c7b8d54dabe08df088ce105a56e
case.suspended 1 29a42902574e8f4dbf92fdac8d2f8c088f2fcc503fc4245dbbd77626e4713ec0
case.value_completed 1 11c56dd7c5978e21adee19e8464acde0eb14e6b72b42dee3eee79297dafda9a3
case.value_corrected 1 89ea3409403492281894a4b214fbe212d2a40ba2a58e666442f9c9bbc92b2b4a
case.visit_ended 1 e50c24b6b6dd36209703ef09e11838cdf56aa8363c4c47f46336633b6c0c1a4e
case.visit_ended 1 8205d69b40d3f0c9eeabeac46665f78738d900b0be867e6320e4c62b38e1298c
case.visit_ended 1 f0e767cf2ae4a8699595b4349d675de0cafba7a9c7f1d2b3dbddc509c132daca
case.visit_opened 1 09c44ceee5e31b275ede9eb95607853479ff3c94aedff49ddf163ab470a130b1
case.visit_opened 1 7319f98f8f1f6d52baff80e0c888c63b143b037db4be089b55b25dc1e65333a0
case.withdrawn 1 1767af446e240464d96ec265940a5ba86c8a7685f5e9db500e2d190d23638bfe
clock.confirmed 1 a9f6463b3fab6b071cbf98dcc3f7c72a0e2801d6aa18fc6ed7afb9bf9439889e
clock.confirmed 1 92b9bd19bf87aaa340746d7eece4a7a7bff938eb604ad1b51b9fad27970fcf88
clock.confirmed 2 e1ae1810b4abc329e3b272b343e0b8f4dba072e2f5829191d60cf16655af5d25
clock.confirmed 2 1e73cee03f07107683e236252cfe874c2e4f4298ea5d559fff9d12b61cf78aab
clock.confirmed 2 15bbec18c4543b5b3d30b2d91e7ed5ce8df6c981c7f7776bc6c3a8bf359f8037
complaint.answered 1 c108253ae6da8f24b12c142562ef97dffc706ed3c5b49ae98debefd8832c1903
complaint.answered 1 5f00a1f1652270201f6c2e074ef0781ccd09d9a6cd35b87564927e1bac00950d
complaint.copies_distributed 1 df954a147f5d7893ab1d6d614482d64be37932872cbfb1302c9e491b97ddf5d6
complaint.counted 1 7087e3931914ec326bdc938af6c7aab22c9e383f610e69662a0ded239e009e29
complaint.counted 1 3cd2eb38131f9f3fb86e31df09158541b8c128863260ce2b9d4b48d13e294609
complaint.customer_refused 1 cf9a8a6c1bee90cef725eb4025c160b5f6146290c430f34895b3106f47d5712e
complaint.decided 1 b8f2ac7de469863686c60d59c88aecc5edbccc941cf3400c0ceed84a7ab55ff5
complaint.decided 1 f00d17e9015c5ce183199c1eb8011ba2cdae9dea722a5f525cc2f246c361b747
complaint.discipline_announced 1 334e73f8b2a67923bbb521ce3ec6e08dfa54f25433f81e96a0213d5065342fc8
complaint.discipline_decided 1 be1e98c72fc11bf563417b887bd01b086b57df51e9b55be332c666425c598b65
complaint.discipline_decided 1 a4e08a139b8526e4cc143521aa7b243641a08d967f00b90ae8b886766be3070b
complaint.discipline_decided 1 e273b1ab310391d9b24469fbdcb6ec0fda6152e41f1b48bdae53041a09eff28d
complaint.discipline_proposed 1 6deba148ada328d1ba0cff1b400c8f075e5319bca28b1ec5d6b275158cd7ba82
complaint.goods_resold 1 b16e5a23f80ab006a31e9d5d7709b83c8423c3a803c3bceaf4684cc1daa32329
complaint.goods_taken_back 1 24fa5f2c4bc952589b7aa086a27ea1191a37d84f598f1fa48a95a9adf18b9474
complaint.improvement_carried_out 1 9c4e8bff71b7068b8fc550f487a8d8f11ddebb6a1caa35364ab294c826483617
complaint.improvement_confirmed 1 a286bce7f775f7a36c91689cbb6e3f1ee2b480e623c5343667dc4d4bc2dc0647
complaint.improvement_drafted 1 c00898ce4bd9c275eb11e651c1f5322ba13250ef4a83053c2fa1f8343a86d312
complaint.improvement_drafted 1 5d00b211da7ebdb82f97792d40bde681e9c513226cbfc0aa496ae88e9d96598b
complaint.improvement_found_effective 1 56e6d834fa247c3cf72fe36dc6cfe90a210591364eddcbcac852f48366269496
complaint.improvement_found_ineffective 1 e97a4eaba0d22b21272458398e421856b6c0e440e2c8fba95028b279633a1882
complaint.improvement_opened 1 135d392f777e1fcd75fbc73c5244c4c51033052173e1882e1c74d7e5e65b076a
complaint.improvement_released 1 9cb4013ac4dfe1a8ff338a892dd519460c3b6920c03e2479f5ec5f2a1a857ac0
complaint.improvement_returned 1 0448b40de858231ba6b9819ec8f95b1a6165baec3f4283acc8990815ddf3d824
complaint.improvement_tracked 1 5d9f1fceb54c7c88776f23d621dff3b1fa08d309e1de51b56d323f5b0e6a8ccc
complaint.loss_stated 1 11e9fc356c72ee6ca12dd85fd07f7f5c6cffaaf2f7f60d043e05ecc4fc4cd6a7
complaint.loss_stated 1 1da39c9b0d6388745946a1fb046a5040e2960ff4cfeca21ef39c9363c12a4df2
complaint.notice_issued 1 0637b749f91c9616d334b80520dcb914086e78b51ad875fb4e95b0b658951a4e
complaint.notice_issued 1 17e788644d954a9b91b88209011246f57cd12b14a5397938e948b2b7f54fbf4b
complaint.objection_filed 1 73504e54843451fd34cc06be0e9176345172dac45283647552c719f91ae5be39
complaint.objection_ruled 1 89791d6349063767bf13570b29ea77a288ebc715c19dc22e8b6819257e165b7d
complaint.resale_settled 1 fe0e66cf161ac69d6303c3ef922a332e528f9326824fa82d48a323658065bb1d
complaint.responsibility_determined 1 803abff5b8cfc86e51a866f7f2ae7196c80107b68776e9a3bbb0859214b3e94f
complaint.responsibility_determined 1 121809d2f191c674d1e4c12b0212aab90c561338260688d60a8efe3c2afc3071
complaint.responsibility_proposed 1 00395276bb068e9a7a458b20ddef5a3a79ea40e67bbdb33fb1b29684e86bc130
complaint.third_party_named 1 7164afddbdc022de63ea9f239e4fb5d7492284ef6e1e54810c3a58f6d166ff61
log.restored 1 7b8004abf66023139f154bd882751326179241513db0001879a6344ac66b1bd4
log.restored 1 92ed896de506cf48d14131d12fccc41d776334885d459192835e4852f0f6c930
month.closed 1 8c322dea53ef4961cad9fa93db46e13174305ffed56c621be5fe23b52717255d
month.closed 1 37bb58ac363254fbb23834eded2dd888afdcb6ee6b0178c68ef807f357a52faf
month.closed 1 ab259a24c47456f157fbf8bcf9d116d4d244b72143f6f8d350c7098205262e07
month.confirmed 1 ff39be22cc67f3028cda0b5729078ffeb29341b357d5304739d08f8f048e03c5
month.confirmed 1 cf69371249675c9e7491ad362aea64ceb5700968744d41ab5dffda05eb5de7ad
month.discipline_listed 1 c9b537dc63c318662c29901c227539df28c8af17f03ee1f8522b4550c5a35ba6
month.due_soon_noticed 1 c1baa71e8c64c0eed5102477e1e0c7167ad58d6796fd67dfdf6603d7bcdca695
month.figures 1 17845d84eabcbc40ddf3e319c1c761b3878a6d380f0a9d833bd6f5dc2a0cbf24
month.figures 1 f248bef79249bf064468f9cd2e8f7c027cab075dc2cc8298f25405282eb8fff2
month.figures 1 aba60a0fd950994802dc52dc76670d103125e6719938b58ba9bfe2c5ebbc6e46
month.figures 1 4e9519d1b57a2463990f3fe4220b942f09da31d41d14cbe47723f8472f58ec23
month.figures 1 d097e9e62e2e96165ce8fa1ee7a9dd2edc8e7551b94c2d0ede496941d1f1689d
month.gathered 1 4065c34be8b36b74ccc6e3c894c05dcf3aeea5271fc2c3aea0dc4feae974320f
month.gathered 1 7392c5253c189aade1c35e0048bbfd9bdfa57402e1fb1ae5a6f55fdc12fd80ae
month.gathered 1 90d93d9ee6d0f9cbddb6d89373dd0aae8d03799b8ba90a1d104922db3f174995
month.improvements_gathered 1 30aebe31c18f9663b7a38a66b08f50b32db91931958e5c380329b0124160f24b
month.improvements_gathered 1 2a8fadd5f1731303368ee7deca62cdf102587ac321f12d1b0c560d19752d834c
month.notices_approved 1 2142f4bf884e13f75de6f6e219e9e1d39755f408e896695726a5fe46a5d85b42
month.notices_issued 1 fcb19338ac301581d3d19ec801e94682c39aab897ad6aa81156d277aef4b3ade
month.opened 1 4efe1f7f2a5aef038bf508e6e205479459901a9063ebbfe19e067bda6f41df1c
month.opened 1 6db1baebf417f8dee1160e59c077685a3a9fb35916337e79927b17c3bce36211
month.reminder_issued 1 b6e10e70d37b829b55e900a32fecb6b613054773ead3d0991e15a7d5919012cb
numbers.assigned 1 541f1fab2f658ac86afd2a73212dfa18e8dbca9a00cb14735fc8383e5af9ae47
organisation.changed 1 c89f81aa2171f4937124f57fd7a63032eecc889fb6d73cf8aad7e9bf9002e3fb
organisation.changed 1 2437b30f60524dc6afa0b3a0d61c3c8cee4c9bf7f430872de656179bbaa71865
organisation.changed 1 f42141ecc3912515fe579ed6e87045fdd0ceb35a44cc37e713a0b86bb3549d4a
organisation.changed 1 d7c0720ad74e08e851a58c52760826d5cfb4c786cb0a05792ed4301c202a1843
organisation.changed 1 b7edacc7e95eff194555eea361d8296ff30586dcde9b672a0619b93f50abddd3
organisation.changed 1 29f7c11763575d7ac16a1779ba84b0b285bb274ec2bc54de1a08d2394b8abe3d
person.bonus_recorded 1 b0db17e2a4b23fe1a54e8550485bc47addd970342e8e2ec3f7972ee4bef8b306
person.bonus_recorded 1 5368eb800bebc32000cacf83090989aa82bbea67595326e986526fad63fe0773
person.settled 1 0e580749e6a2e9ade4046c8ceac260532abc3aedadfdc92185add37214a4faff
person.settled 1 8bf1f3f66563673b3648934b55415414a3293155394a0c95bf9b1a68ac75d85c
person.settled 1 1ef548c3be9a5fef924c5ee7a34b0a0a67c96bc274de0666575ac1e1ae98c599
person.settled 1 37e4a632c74471a980c3b1ff100fcc4dfed93fde5738d9cf658e0c69d82f93c7
rules.calendar_adopted 1 78e5e7a37462df53a1340c9dc35cbc1a19a1073069fb92fe4f66f5843f39c92f
rules.workflow_adopted 1 cf6ddbdc0e8700eeeff87c13cfa257390c2ae408ae3f39492133278fe99fe86c
staff.changed 1 88e92d7f0d92e44ba0a06bdc36c5e055333d50e004883dbf30a5b2026c18ff17
staff.changed 1 f1dae5e25078169b0b002b81b26f8ae2543634a7af738e6ddc7dc8ccd3cb3fe6
staff.changed 1 05d47dc762a8e40b472c48e8c70127b19b0927d847539809c167210a761365b4
";

struct Line {
    whole: String,
    kind: String,
    schema: u32,
    payload: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The golden lines; the payload is cut out of the text, not written anew from its meaning.
fn golden() -> Vec<Line> {
    let path = root().join("tests/logs/events.golden.jsonl");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n') && !text.contains('\r'));
    text.lines()
        .map(|whole| {
            let json: Json = serde_json::from_str(whole).unwrap();
            let kind = json["type"].as_str().unwrap().to_owned();
            let schema = json["schema"].as_u64().unwrap().try_into().unwrap();
            let head = format!(r#"{{"type":"{kind}","schema":{schema},"payload":"#);
            let payload = whole
                .strip_prefix(&head)
                .and_then(|rest| rest.strip_suffix('}'))
                .unwrap_or_else(|| panic!("{kind} {schema}: not spelled as the others"));
            Line {
                whole: whole.to_owned(),
                payload: payload.to_owned(),
                kind,
                schema,
            }
        })
        .collect()
}

/// The type of a name, and how it is read.
fn family(kind: &str) -> Option<(Kind, Rewrite)> {
    FAMILIES.iter().find_map(|(_, kinds, rewrite)| {
        let found = kinds.iter().find(|known| known.name == kind)?;
        Some((*found, *rewrite))
    })
}

fn kinds() -> impl Iterator<Item = (Kind, Rewrite)> {
    FAMILIES
        .iter()
        .flat_map(|(_, kinds, rewrite)| kinds.iter().map(|kind| (*kind, *rewrite)))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// The enums that the sources declare by `events!`, those of examples and tests left out.
#[test]
fn every_enum_of_events_is_looked_at() {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        sources(&entry.unwrap().path().join("src"), &mut files);
    }
    let mut declared = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut inside = false;
        for line in text.lines().map(str::trim) {
            if line == "#[cfg(test)]" {
                break;
            }
            inside |= !line.starts_with("//") && line.ends_with("events! {");
            if inside && let Some(rest) = line.strip_prefix("pub enum ") {
                declared.insert(rest.trim_end_matches(" {").to_owned());
                inside = false;
            }
        }
    }
    let looked_at: BTreeSet<String> = FAMILIES.iter().map(|(name, ..)| (*name).into()).collect();
    assert_eq!(declared, looked_at);
    let names: BTreeSet<&str> = kinds().map(|(kind, _)| kind.name).collect();
    assert_eq!(names.len(), kinds().count(), "a type is declared twice");
}

#[test]
fn each_type_has_a_golden_line_of_each_of_its_schemas_and_of_no_other() {
    let found: BTreeSet<(String, u32)> = golden().into_iter().map(|l| (l.kind, l.schema)).collect();
    let wanted: BTreeSet<(String, u32)> = kinds()
        .flat_map(|(kind, _)| (1..=kind.schema).map(move |schema| (kind.name.to_owned(), schema)))
        .collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    let beyond: Vec<_> = found.difference(&wanted).collect();
    assert!(
        missing.is_empty() && beyond.is_empty(),
        "without a line: {missing:?}; of no schema that is known: {beyond:?}"
    );
}

#[test]
fn no_golden_line_has_changed_or_gone() {
    let now: Vec<String> = golden()
        .iter()
        .map(|line| {
            let digest = Sha256::digest(line.whole.as_bytes());
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{} {} {digest}", line.kind, line.schema)
        })
        .collect();
    for row in DIGESTS.lines() {
        assert!(now.iter().any(|line| line == row), "changed or gone: {row}");
    }
    for line in &now {
        assert!(
            DIGESTS.lines().any(|row| row == line),
            "a line of its own, or one that has changed: {line}"
        );
    }
    assert_eq!(now.len(), DIGESTS.lines().count());
    assert!(now.is_sorted_by_key(|line| line.rsplit_once(' ').unwrap().0.to_owned()));
}

#[test]
fn a_golden_line_of_the_newest_schema_is_written_again_to_the_same_bytes() {
    for line in golden() {
        let (kind, rewrite) = family(&line.kind).unwrap();
        if line.schema == kind.schema {
            let written = rewrite(&line.kind, line.schema, &line.payload);
            assert_eq!(written, Ok((kind.name, kind.schema, line.payload)));
        }
    }
}

#[test]
fn a_golden_line_of_an_earlier_schema_is_read_as_is_stated() {
    let earlier: Vec<Line> = golden()
        .into_iter()
        .filter(|line| line.schema < family(&line.kind).unwrap().0.schema)
        .collect();
    let recorded: Vec<_> = earlier
        .iter()
        .map(|line| (line.kind.as_str(), line.schema, line.payload.as_str()))
        .collect();
    let stated: Vec<_> = EARLIER
        .iter()
        .map(|(k, s, was, _)| (*k, *s, *was))
        .collect();
    assert_eq!(recorded, stated, "each has its row in EARLIER");
    for (name, schema, was, reads) in EARLIER {
        let (kind, rewrite) = family(name).unwrap();
        let written = rewrite(name, *schema, was);
        assert_eq!(written, Ok((kind.name, kind.schema, (*reads).to_owned())));
        // What it is read as is a payload of the newest schema to the letter.
        let again = rewrite(name, kind.schema, reads);
        assert_eq!(again, Ok((kind.name, kind.schema, (*reads).to_owned())));
    }
}

#[test]
fn a_future_schema_of_each_type_is_refused_by_name_whatever_it_holds() {
    let golden = golden();
    for (kind, rewrite) in kinds() {
        let payload = |line: &&Line| line.kind == kind.name && line.schema == kind.schema;
        let readable = &golden.iter().find(payload).unwrap().payload;
        for schema in [kind.schema + 1, u32::MAX] {
            for payload in [readable.as_str(), "{}", "7"] {
                let refused = rewrite(kind.name, schema, payload).unwrap_err();
                let expected = EventError::FutureSchema {
                    kind: kind.name.to_owned(),
                    schema,
                    known: kind.schema,
                };
                assert_eq!(refused, expected);
                assert_eq!(
                    refused.to_string(),
                    format!(
                        "`{}` is of schema {schema}; this build knows up to {}: use a newer build",
                        kind.name, kind.schema
                    )
                );
            }
        }
        let none = EventError::NoSuchSchema {
            kind: kind.name.to_owned(),
            schema: 0,
        };
        assert_eq!(rewrite(kind.name, 0, readable), Err(none));
    }
}
