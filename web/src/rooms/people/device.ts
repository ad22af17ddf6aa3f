// "Chrome · Windows" from what a browser calls itself; the rest of that text helps nobody.
const browsers: [RegExp, string][] = [
  [/MicroMessenger/, "微信"],
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/(Chrome|Chromium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/HarmonyOS/, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];
const found = (list: [RegExp, string][], text: string) => list.find(([mark]) => mark.test(text))?.[1];

export function device_name(browser: string): string {
  return [found(browsers, browser), found(systems, browser)].filter(Boolean).join(" · ");
}
