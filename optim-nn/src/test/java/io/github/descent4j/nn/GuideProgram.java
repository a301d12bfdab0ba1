package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * A whole program of a guide, and what the guide says that it prints.
 *
 * @param name of its class
 * @param source its text
 * @param output the guide's
 */
record GuideProgram(String name, String source, String output) {

  /** The program of a class, and the block behind it. */
  static GuideProgram of(String guide, String name) throws IOException {
    Pattern program = Pattern.compile(
        "```java\n([^`]*public class " + name + " .*?)```\\s*```\n(.*?)```", Pattern.DOTALL);
    Matcher found = program.matcher(Files.readString(Path.of("..", "docs", guide)));
    assertThat(found.find()).isTrue();
    return new GuideProgram(name, found.group(1), found.group(2));
  }

  /** Compiles and runs it, and returns what it prints. */
  String run(Path folder) throws IOException, InterruptedException {
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, source);
    int status = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", folder.toString(), file.toString());
    assertThat(status).as("javac's exit status").isZero();

    String classPath = folder + File.pathSeparator + System.getProperty("java.class.path");
    Path printed = folder.resolve("output");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath,
            name)
        .redirectOutput(printed.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
    return Files.readString(printed);
  }
}
