// node check.mjs DASHBOARDS OUT: writes every dashboard as TypeScript, each panel with the type of its kind, and lets the compiler judge.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [dashboards, out] = process.argv.slice(2);
const types = { stat: 'StatPanel', table: 'TablePanel', timeseries: 'TimeSeriesPanel', row: 'Row' };
mkdirSync(out, { recursive: true });

const files = readdirSync(dashboards).filter((name) => name.endsWith('.json'));
for (const name of files) {
  const { panels, ...frame } = JSON.parse(readFileSync(join(dashboards, name), 'utf8'));
  const from = './' + relative(out, join(here, 'dashboard.ts')).replaceAll('\\', '/').replace(/\.ts$/, '');
  const lines = [`import type { Frame, ${Object.values(types).join(', ')} } from '${from}';`, `export const frame: Frame = ${JSON.stringify(frame, null, 1)};`];
  panels.forEach((panel, i) => lines.push(`export const panel${i}: ${types[panel.type] ?? 'NoTypeFor_' + panel.type} = ${JSON.stringify(panel, null, 1)};`));
  writeFileSync(join(out, name.replace(/\.json$/, '.ts')), lines.join('\n'));
}
writeFileSync(join(out, 'tsconfig.json'), JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, skipLibCheck: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022', types: [] },
  include: ['*.ts'],
}));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const run = spawnSync(process.execPath, [tsc, '-p', out], { encoding: 'utf8' });
process.stdout.write(run.stdout);
process.stderr.write(run.stderr);
console.log(`${files.length} dashboards checked`);
process.exit(run.status ?? 1);
