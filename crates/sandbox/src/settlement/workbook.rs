//! As much of a workbook (.xlsx) as a report needs: one sheet, stored without compression.

/// A cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number, as it is written in the file.
    Number(String),
}

/// A workbook with one sheet.
pub fn workbook(sheet: &str, rows: &[Vec<Cell>]) -> Vec<u8> {
    let types = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
        <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
        <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
        <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
        </Types>";
    let links = |kind: &str, target: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
             <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>\
             </Relationships>"
        )
    };
    let book = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"{sheet}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    archive(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", &links("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &links("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", &sheet_xml(rows)),
    ])
}

fn sheet_xml(rows: &[Vec<Cell>]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
        .to_owned();
    for (at, row) in rows.iter().enumerate() {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let place = format!("{}{}", letters(column), at + 1);
            match cell {
                Cell::Empty => String::new(),
                Cell::Number(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                Cell::Text(words) => format!(
                    "<c r=\"{place}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
                    words.replace('&', "&amp;").replace('<', "&lt;")
                ),
            }
        });
        let cells: Vec<String> = cells.collect();
        text += &["<row>", &cells.concat(), "</row>"].concat();
    }
    text + "</sheetData></worksheet>"
}

/// 0 is `A`, 26 is `AA`.
fn letters(column: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
    if column < 26 {
        letter(column).to_string()
    } else {
        format!("{}{}", letter(column / 26 - 1), letter(column))
    }
}

/// A zip archive whose files are stored as they are.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut all, mut index) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let offset = size(all.len());
        let sizes = size(text.len()).to_le_bytes();
        let mut head = Vec::new();
        // Version 2.0, no flags, stored, no time, 1 January 1980.
        head.extend_from_slice(&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        head.extend_from_slice(&crc32(text.as_bytes()).to_le_bytes());
        head.extend_from_slice(&sizes);
        head.extend_from_slice(&sizes);
        head.extend_from_slice(&short(name.len()).to_le_bytes());
        head.extend_from_slice(&[0, 0]);
        all.extend_from_slice(b"PK\x03\x04");
        all.extend_from_slice(&head);
        all.extend_from_slice(name.as_bytes());
        all.extend_from_slice(text.as_bytes());
        index.extend_from_slice(b"PK\x01\x02\x14\x00");
        index.extend_from_slice(&head);
        // No comment, first disk, no attributes.
        index.extend_from_slice(&[0; 10]);
        index.extend_from_slice(&offset.to_le_bytes());
        index.extend_from_slice(name.as_bytes());
    }
    let (at, length, count) = (size(all.len()), size(index.len()), short(files.len()));
    all.extend_from_slice(&index);
    all.extend_from_slice(b"PK\x05\x06\x00\x00\x00\x00");
    all.extend_from_slice(&count.to_le_bytes());
    all.extend_from_slice(&count.to_le_bytes());
    all.extend_from_slice(&length.to_le_bytes());
    all.extend_from_slice(&at.to_le_bytes());
    all.extend_from_slice(&[0, 0]);
    all
}

fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}
