/** A table of figures as a chart reads it: one label a row, one series a column of numbers. */
export interface Series {
  name: string;
  values: number[];
}

export interface Figures {
  title: string;
  labels: string[];
  series: Series[];
}

/** Reads the columns whose heading is a `number`; rows that a table marks `data-total` are no part of it. */
export function figuresOf(table: HTMLTableElement): Figures {
  const headings = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  const columns = headings.map((heading, place) => ({ heading, place })).filter(({ heading }) => isDrawn(heading));
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")].filter((row) => !("total" in row.dataset));
  return {
    title: words(table.querySelector("caption")),
    labels: rows.map((row) => words(row.cells.item(0))),
    series: columns.map(({ heading, place }) => ({
      name: words(heading),
      values: rows.map((row) => numberIn(words(row.cells.item(place)))),
    })),
  };
}

/** The number that a cell writes with thin spaces between its groups; 0 for a dash. */
export function numberIn(text: string): number {
  const written = text.replace(/[^\d,.-]/g, "").replace(",", ".");
  const value = Number.parseFloat(written);
  return Number.isFinite(value) ? value : 0;
}

function isDrawn(heading: HTMLTableCellElement): boolean {
  return heading.classList.contains("number") && !("apart" in heading.dataset);
}

function words(cell: Element | null): string {
  return (cell?.textContent ?? "").replace(/\s+/g, " ").trim();
}
