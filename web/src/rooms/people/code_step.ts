// The second step of signing in, whichever way somebody came: asked for once the first was right.
import { nextTick, ref, type Ref } from "vue";
import { t } from "@/words/words";

export function use_code_step(problem: Ref<string>) {
  const code = ref("");
  const code_asked = ref(false);
  const code_box = ref<{ focus(): void }>();
  async function ask_code(): Promise<void> {
    if (code_asked.value) problem.value = t("sign_in.code_wrong");
    code_asked.value = true;
    code.value = "";
    await nextTick();
    code_box.value?.focus();
  }
  const given_code = () => (code_asked.value ? code.value.trim() : undefined);
  return { code, code_asked, code_box, ask_code, given_code };
}
