package io.github.descent4j.mnist.option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Lists a command's options in the help by the class that they come from, each list under a heading: the name of the field that has
 * the class as a mixin.
 */
public final class OptionGroups implements IHelpSectionRenderer {
  /** Options of the command itself. */
  private static final String OWN = "general";

  /** The mixin of picocli with --help and --version. */
  private static final String STANDARD = "mixinStandardHelpOptions";

  private OptionGroups() {}

  /** Groups the options of all commands below one. */
  public static void install(CommandLine top) {
    for (CommandLine command : top.getSubcommands().values()) {
      command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionGroups());
    }
  }

  @Override
  public String render(Help help) {
    CommandSpec command = help.commandSpec();
    Map<String, List<OptionSpec>> groups = groups(command);
    if (groups.size() < 3) {
      return help.optionList();
    }
    StringBuilder text = new StringBuilder();
    groups.forEach((name, options) -> {
      // All options at once, so that the columns are those of every group.
      Help.Layout layout = help.createDefaultLayout(
          command.options(), command.positionalParameters(), help.colorScheme());
      layout.addAllOptions(options, help.parameterLabelRenderer());
      text.append(String.format(Locale.ROOT, "%n%s:%n", heading(name))).append(layout);
    });
    return text.toString();
  }

  /** The options in their order, by the name of their mixin; help and version last. */
  private static Map<String, List<OptionSpec>> groups(CommandSpec command) {
    Map<String, String> mixins = new LinkedHashMap<>();
    command.mixins().forEach((name, mixin) -> {
      for (OptionSpec option : mixin.options()) {
        mixins.put(option.longestName(), name);
      }
    });
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      String name = mixins.getOrDefault(option.longestName(), OWN);
      groups.computeIfAbsent(name, key -> new ArrayList<>()).add(option);
    }
    List<OptionSpec> standard = groups.remove(STANDARD);
    if (standard != null) {
      groups.put("help", standard);
    }
    return groups;
  }

  /** {@code clipAndDecay} as "Clip and decay". */
  private static String heading(String name) {
    String words = name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
