/** Where the parts of the documentation site stand while it is made. */

import { fileURLToPath } from 'node:url';

const inDocs = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** VitePress's own folder, with the configuration. */
export const siteFolder = inDocs('.');

/** The pages as the site has them: copies with other links, and what is made from the code. */
export const pagesFolder = inDocs('.vitepress/cache/pages');

/** The file with the sidebars, for the configuration. */
export const sidebarFile = inDocs('.vitepress/cache/sidebar.json');

/** The finished site. */
export const builtFolder = inDocs('.vitepress/dist');
