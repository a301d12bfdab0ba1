package io.github.descent4j.internal;

import io.github.descent4j.AdaBelief;
import io.github.descent4j.AdaDelta;
import io.github.descent4j.AdaGrad;
import io.github.descent4j.AdaMax;
import io.github.descent4j.Adafactor;
import io.github.descent4j.Adam;
import io.github.descent4j.AdamW;
import io.github.descent4j.Adan;
import io.github.descent4j.AmsGrad;
import io.github.descent4j.Asgd;
import io.github.descent4j.DAdaptAdam;
import io.github.descent4j.DAdaptSgd;
import io.github.descent4j.Ftrl;
import io.github.descent4j.Lamb;
import io.github.descent4j.Lars;
import io.github.descent4j.Lion;
import io.github.descent4j.Momentum;
import io.github.descent4j.Muon;
import io.github.descent4j.NAdam;
import io.github.descent4j.Nesterov;
import io.github.descent4j.NovoGrad;
import io.github.descent4j.Prodigy;
import io.github.descent4j.QhAdam;
import io.github.descent4j.Qhm;
import io.github.descent4j.RAdam;
import io.github.descent4j.RmsProp;
import io.github.descent4j.Rprop;
import io.github.descent4j.Sgd;
import io.github.descent4j.SignSgd;
import io.github.descent4j.Signum;
import io.github.descent4j.Yogi;
import io.github.descent4j.rule.UpdateRule;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The update rules of this library: whoever needs a rule by its name, or all rules, has them from here. A new rule is
 * one row.
 */
public final class Rules {

  /** Under the ids that state files and networks have: never to be changed. */
  private static final List<Rule<?>> ALL = List.of(
      new Rule<>("Sgd", Sgd::builder),
      new Rule<>("Momentum", Momentum::builder),
      new Rule<>("Nesterov", Nesterov::builder),
      new Rule<>("AdaGrad", AdaGrad::builder),
      new Rule<>("RmsProp", RmsProp::builder),
      new Rule<>("AdaDelta", AdaDelta::builder),
      new Rule<>("Adam", Adam::builder),
      new Rule<>("AdamW", AdamW::builder),
      new Rule<>("AmsGrad", AmsGrad::builder),
      new Rule<>("Yogi", Yogi::builder),
      new Rule<>("RAdam", RAdam::builder),
      new Rule<>("NAdam", NAdam::builder),
      new Rule<>("AdaMax", AdaMax::builder),
      new Rule<>("SignSgd", SignSgd::builder),
      new Rule<>("Signum", Signum::builder),
      new Rule<>("Lion", Lion::builder),
      new Rule<>("Qhm", Qhm::builder),
      new Rule<>("QhAdam", QhAdam::builder),
      new Rule<>("AdaBelief", AdaBelief::builder),
      new Rule<>("Adan", Adan::builder),
      new Rule<>("Lamb", Lamb::builder),
      new Rule<>("Asgd", Asgd::builder),
      new Rule<>("Rprop", Rprop::builder),
      new Rule<>("Ftrl", Ftrl::builder),
      new Rule<>("NovoGrad", NovoGrad::builder),
      new Rule<>("Lars", Lars::builder),
      new Rule<>("Adafactor", Adafactor::builder),
      new Rule<>("Prodigy", Prodigy::builder),
      new Rule<>("DAdaptAdam", DAdaptAdam::builder),
      new Rule<>("DAdaptSgd", DAdaptSgd::builder),
      new Rule<>("Muon", Muon::builder));

  private Rules() {}

  /**
   * An update rule.
   *
   * @param <B> its builder
   * @param id its name in state files, networks and texts
   * @param builder starts from its defaults
   */
  public record Rule<B extends UpdateRule.Builder<B>>(String id, Supplier<B> builder) {

    /**
     * Makes one.
     *
     * @param settings are made ahead
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public UpdateRule make(Consumer<? super B> settings) {
      B started = builder.get();
      settings.accept(started);
      return started.build();
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /** All, in order of increasing complexity. */
  public static List<Rule<?>> all() {
    return ALL;
  }

  /** The one of an id, if there is one. */
  public static Optional<Rule<?>> find(String id) {
    for (Rule<?> rule : ALL) {
      if (rule.id().equals(id)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }
}
