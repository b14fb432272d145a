import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Flags without which a machine without a network, a screen or a sandbox would not do. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws {Error} that says what to install where there is no Chrome and none can be had */
export async function launchChrome(): Promise<Browser> {
  const executablePath = findChrome() ?? installChrome();
  return chromium.launch({ executablePath, headless: true, args });
}

function findChrome(): string | undefined {
  const chosen = process.env['CHROME_PATH'];
  if (chosen !== undefined) {
    if (existsSync(chosen)) return chosen;
    throw new Error(`CHROME_PATH is ${chosen}, but there is no such file.`);
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return names.map(which).find((found) => found !== undefined) ?? (existsSync(mac) ? mac : undefined);
}

function which(name: string): string | undefined {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** On Debian as root from its packages; elsewhere Playwright fetches its own. */
function installChrome(): string {
  try {
    if (process.getuid?.() === 0 && which('apt-get')) {
      execFileSync('apt-get', ['update'], { stdio: 'ignore' });
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
    } else {
      execFileSync('npx', ['playwright-core', 'install', 'chromium'], { stdio: 'ignore' });
    }
  } catch {
    throw new Error('The browser tests need Chrome or Chromium: install one, or name it in CHROME_PATH.');
  }
  const installed = names.map(which).find((found) => found !== undefined) ?? chromium.executablePath();
  if (existsSync(installed)) return installed;
  throw new Error('The browser tests need Chrome or Chromium: install one, or name it in CHROME_PATH.');
}
