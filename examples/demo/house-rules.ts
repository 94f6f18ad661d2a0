import { drawPdf } from '../../server/src/testing/make-documents.ts'

const pages = [
  {
    heading: 'House rules of 12 Kestrel Street',
    sections: [
      [
        'Quiet hours',
        'Quiet hours are from 22:00 to 7:00, and from 13:00 to 15:00 on Sundays. Drilling and hammering are allowed on working days between 9:00 and 17:00 only.',
      ],
      [
        'Laundry room',
        'The laundry room in the cellar is open from 6:00 to 21:00. Each flat books two slots of three hours a week in the list beside the door. A wash costs 1.80 euros and is paid with the house card.',
      ],
      [
        'Waste',
        'Paper is collected on the first Tuesday of the month, organic waste every Thursday. Bulky waste must not stand in the yard; the city collects it free of charge twice a year after a call to 0800 555 0142.',
      ],
    ],
  },
  {
    heading: 'Lease terms for all flats',
    sections: [
      [
        'Deposit',
        'The deposit is three monthly rents without heating. It is returned within six months after the keys were handed back, with the interest it has earned.',
      ],
      [
        'Notice',
        'A tenant who moves out gives notice in writing, at least three months before the end of a calendar month. The landlord gives six months of notice after five years of tenancy.',
      ],
      [
        'Repairs',
        'Damage is reported to the caretaker, Maria Lindqvist, within two days. Small repairs of up to 110 euros are paid by the tenant, but never more than 330 euros a year.',
      ],
    ],
  },
] as const

/** Two pages of facts to ask about, as a PDF. */
export function makeHouseRules(): Promise<Uint8Array> {
  return drawPdf((document) => {
    for (const [index, page] of pages.entries()) {
      if (index > 0) document.addPage()
      document.font('Helvetica-Bold').fontSize(20).text(page.heading).moveDown()
      for (const [heading, text] of page.sections) {
        document.font('Helvetica-Bold').fontSize(13).text(heading)
        document.font('Helvetica').fontSize(11).text(text).moveDown()
      }
    }
  })
}
