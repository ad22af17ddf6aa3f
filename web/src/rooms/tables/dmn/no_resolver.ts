// In place of dmn-js' variable resolver, which parses every expression to fill a completion list that
// these pages do not show. See vite.config.ts.
export const DmnVariableResolverModule = {};
