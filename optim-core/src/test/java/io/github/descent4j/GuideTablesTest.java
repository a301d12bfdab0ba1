package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the tables and sentences of the guides call exists, with as many arguments: {@link GuideTest} runs
 * the examples, which are blocks.
 */
class GuideTablesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern CALL = Pattern.compile("\\b([A-Z]\\w*)\\.(\\w+)\\(");

  /** A call of a method by its class. */
  private record Call(String guide, String code, String type, String method, int arguments) {}

  @Test
  void whatIsCalledExists() throws Exception {
    Map<String, Class<?>> types = publicTypes();
    List<Call> ours = new ArrayList<>();
    List<Call> missing = new ArrayList<>();
    for (Call call : calls()) {
      Class<?> type = types.get(call.type());
      if (type == null) {
        continue; // Of the JDK, of ND4J, or of another module.
      }
      ours.add(call);
      boolean exists = Arrays.stream(type.getMethods())
          .filter(method -> method.getName().equals(call.method()))
          .anyMatch(method -> method.isVarArgs()
              ? call.arguments() >= method.getParameterCount() - 1
              : call.arguments() == method.getParameterCount());
      if (!exists) {
        missing.add(call);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(ours)
        .hasSizeGreaterThan(20)
        .anySatisfy(call -> assertThat(call.code()).isEqualTo("GradientClip.byValue(c)"));
  }

  private static List<Call> calls() throws IOException {
    List<Path> guides = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(guides::add);
    }
    List<Call> calls = new ArrayList<>();
    for (Path guide : guides) {
      String text = BLOCK.matcher(Files.readString(guide)).replaceAll("");
      CODE.matcher(text).results().map(found -> found.group(1)).forEach(code -> {
        for (MatchResult found : CALL.matcher(code).results().toList()) {
          int arguments = arguments(code, found.end());
          if (arguments >= 0) {
            calls.add(new Call(
                guide.getFileName().toString(), code, found.group(1), found.group(2), arguments));
          }
        }
      });
    }
    return calls;
  }

  /** How many arguments begin at a place; -1 if the guide leaves them to the reader, by dots or no end. */
  private static int arguments(String code, int from) {
    int depth = 0;
    int commas = 0;
    for (int i = from; i < code.length(); i++) {
      char c = code.charAt(i);
      if (depth == 0 && c == ')') {
        String all = code.substring(from, i);
        return all.contains("..") ? -1 : all.isBlank() ? 0 : commas + 1;
      }
      if (depth == 0 && c == ',') {
        commas++;
      }
      depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
    }
    return -1;
  }

  private static Map<String, Class<?>> publicTypes() throws Exception {
    Path classes = Path.of("target", "classes");
    Map<String, Class<?>> types = new TreeMap<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace(".class", "");
        if (!name.contains("$") && !name.contains("-info") && !name.contains("Vector")) {
          Class<?> type = Class.forName(
              name.replace(file.getFileSystem().getSeparator(), "."),
              false,
              GuideTablesTest.class.getClassLoader());
          types.put(type.getSimpleName(), type);
        }
      }
    }
    return types;
  }
}
