// Draws the tables of figures of the back office; without scripts the tables themselves are there,
// and beside each drawing they still say the same.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  Legend,
  LinearScale,
  Tooltip,
} from "chart.js";
import { type Figures, figuresOf } from "./table";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

const drawn: { chart: Chart; figures: Figures; figure: HTMLElement }[] = [];

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
  const table = figure.querySelector("table");
  const place = figure.querySelector<HTMLElement>(".drawn");
  if (!table || !place) continue;
  const figures = figuresOf(table);
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", figures.title);
  place.append(canvas);
  place.hidden = false;
  figure.querySelector("details")?.removeAttribute("open");
  drawn.push({ chart: new Chart(canvas, configuration(figures, figure)), figures, figure });
}

// The theme may follow the system's, which changes at dusk.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const { chart, figures, figure } of drawn) {
    const { data, options } = configuration(figures, figure);
    chart.data = data;
    if (options) chart.options = options;
    chart.update("none");
  }
});

function configuration(figures: Figures, figure: HTMLElement): ChartConfiguration<"bar"> {
  const style = getComputedStyle(figure);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const colours = [colour("brand"), colour("accent"), colour("danger"), colour("info")];
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const ink = { color: colour("ink-soft") };
  const isStacked = figure.dataset["chart"] === "stacked";
  return {
    type: "bar",
    data: {
      labels: figures.labels,
      datasets: figures.series.map(({ name, values }, rank) => ({
        label: name,
        data: values,
        backgroundColor: texture(rank, colours[rank % colours.length] ?? "", colour("surface")),
        borderColor: colours[rank % colours.length] ?? "",
        borderWidth: 1,
      })),
    },
    options: {
      animation: isStill ? false : { duration: 250 },
      responsive: true,
      maintainAspectRatio: false,
      font: { family: style.fontFamily },
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { stacked: isStacked, ticks: { ...ink, maxRotation: 0 }, grid: { display: false } },
        y: {
          stacked: isStacked,
          beginAtZero: true,
          ticks: { ...ink, precision: 0 },
          grid: { color: colour("line") },
        },
      },
      plugins: {
        legend: { display: figures.series.length > 1, labels: { color: colour("ink"), boxWidth: 24 } },
        tooltip: { position: "nearest" },
      },
    },
  };
}

/** Series differ by their hatching as well as by their colour: full, oblique, dotted, empty. */
function texture(rank: number, colour: string, back: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  const size = 8;
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  if (rank === 0 || !pen) return colour;
  pen.fillStyle = back;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 2;
  if (rank === 1) {
    pen.beginPath();
    for (const from of [-size, 0, size]) {
      pen.moveTo(from, size);
      pen.lineTo(from + size, 0);
    }
    pen.stroke();
  } else if (rank === 2) {
    pen.fillRect(1, 1, 3, 3);
    pen.fillRect(5, 5, 3, 3);
  }
  return pen.createPattern(tile, "repeat") ?? colour;
}
