// Draws a .glb with three.js in Chromium: node draw.mjs CHARACTER.glb PICTURE.jpg (make glb-picture)
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import puppeteer from "puppeteer-core";

const [glb, picture] = process.argv.slice(2);
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const types = { ".html": "text/html", ".js": "text/javascript" };

const server = createServer(async (request, answer) => {
  const path = request.url === "/character.glb" ? glb : join(import.meta.dirname, request.url);
  try {
    answer.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream").end(await readFile(path));
  } catch {
    answer.writeHead(404).end();
  }
}).listen(0, "127.0.0.1");

const browser = await puppeteer.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => { throw error; });
  page.on("console", (message) => console.log(message.text()));
  await page.setViewport({ width: 1600, height: 380 });
  await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
  await page.waitForFunction("document.title.includes('animations')", { timeout: 120000 });
  const found = await page.title();
  await page.evaluate("document.querySelector('canvas')?.remove()");
  await page.screenshot({ path: picture, quality: 90 });
  console.log(`glb-picture: three.js found ${found}; wrote ${picture}`);
} finally {
  await browser.close();
  server.close();
}
