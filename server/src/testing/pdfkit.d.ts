/** The package has no types of its own; this is what the documents of tests are made with. */
declare module 'pdfkit' {
  import type { Readable } from 'node:stream'

  interface TextOptions {
    width?: number
    align?: 'left' | 'justify' | 'center' | 'right'
    columns?: number
    lineBreak?: boolean
  }

  export default class PDFDocument extends Readable {
    constructor(options?: {
      autoFirstPage?: boolean
      userPassword?: string
      ownerPassword?: string
      margin?: number
    })
    readonly page: { margins: { bottom: number } }
    addPage(): this
    image(picture: Buffer, x: number, y: number, options?: { width?: number }): this
    font(name: string): this
    fontSize(size: number): this
    text(text: string, options?: TextOptions): this
    text(text: string, x: number, y: number, options?: TextOptions): this
    moveDown(lines?: number): this
    end(): void
  }
}
