/* Whether a form stands otherwise than the server sent it: somebody was faster than the script, or the browser brought
   back what was typed before. */

export const isTouched = (form) => [...form.elements].some((one) => (one.matches("select")
  ? [...one.options].some((option) => option.defaultSelected && !option.selected)
  : one.name && "defaultValue" in one && (one.value !== one.defaultValue || one.checked !== one.defaultChecked)));
