// A file out of the browser and into it.
export function download(name: string, text: string, type = "application/xml"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
export async function picked_text(event: Event): Promise<string | undefined> {
  const input = event.target as HTMLInputElement;
  const file = input.files?.[0];
  input.value = "";
  return file ? file.text() : undefined;
}
