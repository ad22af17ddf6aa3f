// Begins what the server does in the background; what is wrong is said once.
import { ref, type Ref } from "vue";
import { ElMessage } from "element-plus";
import "element-plus/es/components/message/style/css";
import { post } from "@/api/client";
import { as_api_error } from "@/kit/load";
import { error_text } from "@/words/errors";

export function use_start(path: string, started: () => unknown): { starting: Ref<boolean>; start: () => Promise<void> } {
  const starting = ref(false);
  const start = async (): Promise<void> => {
    starting.value = true;
    try {
      await post(path);
      await started();
    } catch (problem) {
      ElMessage.error(error_text(as_api_error(problem)));
    } finally {
      starting.value = false;
    }
  };
  return { starting, start };
}
