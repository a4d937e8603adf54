"""The conformance suite of the Jupyter project over this kernel. KERNEL names the kernelspec, found through JUPYTER_PATH."""

import os
import unittest

import jupyter_kernel_test


class SpecbookKernel(jupyter_kernel_test.KernelTests):
    kernel_name = os.environ["KERNEL"]
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    completion_samples = [
        {"text": "Math.cb", "matches": {"cbrt"}},
        {"text": "const list = [1]; list.pus", "matches": {"push"}},
    ]
    complete_code_samples = [
        "1",
        "const x = 3",
        "function f(a: number) { return a }",
        "await Promise.resolve(1)",
        "type T = { a: number };",
    ]
    incomplete_code_samples = [
        "function f(a: number) {",
        "const s = `abc",
        "f(1,",
        "if (true) {\n  1",
        "/* comment",
    ]
    invalid_code_samples = ["const = 3", "let x: = 2; x", "f)("]
    code_generate_error = 'throw new Error("boom")'
    code_execute_result = [
        {"code": "6*7", "result": "42"},
        {"code": "[1, 2, 3]", "result": "[ 1, 2, 3 ]"},
        {"code": "'abc'.toUpperCase()", "result": "'ABC'"},
        {"code": "6*7", "result": "42"},
        {"code": "Promise.resolve(6*7)", "result": "42"},
    ]
    code_display_data = [
        {"code": "displayBundle({'text/html': '<b>x</b>'})", "mime": "text/html"},
        {"code": "import * as tslab from 'tslab'; tslab.display.html('<b>x</b>')", "mime": "text/html"},
    ]
    code_clear_output = "clearOutput()"
    code_history_pattern = "6?7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.sqrt"
    code_page_something = "nmf?"


class SpecbookWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = os.environ["KERNEL"]
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
