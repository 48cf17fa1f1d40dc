import { defineConfig } from 'vitest/config';
import { tier } from './test/setup/tier.ts';

export default defineConfig(tier('test'));
