// Stops `npm install` at the root: npm knows neither the lockfile nor `workspace:` ranges.
if (!(process.env.npm_config_user_agent ?? '').startsWith('pnpm/')) {
  console.error(
    'This workspace is installed with pnpm. Run `npm run setup`: it fetches the right pnpm by itself.',
  );
  process.exit(1);
}
