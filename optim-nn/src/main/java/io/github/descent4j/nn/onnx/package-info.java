/** Networks in ONNX, the open form that other frameworks and runtimes read. See {@link io.github.descent4j.nn.onnx.OnnxModel}. */
package io.github.descent4j.nn.onnx;
