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
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The update rules of this library: whoever needs a rule by its name, or all rules, has them from here. A new rule is
 * one row.
 */
public final class Rules {

  /** Under the ids that state files and networks have: never to be changed. */
  private static final List<Rule<?>> ALL = List.of(
      new Rule<>("Sgd", Sgd::builder, Sgd.Builder::build),
      new Rule<>("Momentum", Momentum::builder, Momentum.Builder::build),
      new Rule<>("Nesterov", Nesterov::builder, Nesterov.Builder::build),
      new Rule<>("AdaGrad", AdaGrad::builder, AdaGrad.Builder::build),
      new Rule<>("RmsProp", RmsProp::builder, RmsProp.Builder::build),
      new Rule<>("AdaDelta", AdaDelta::builder, AdaDelta.Builder::build),
      new Rule<>("Adam", Adam::builder, Adam.Builder::build),
      new Rule<>("AdamW", AdamW::builder, AdamW.Builder::build),
      new Rule<>("AmsGrad", AmsGrad::builder, AmsGrad.Builder::build),
      new Rule<>("Yogi", Yogi::builder, Yogi.Builder::build),
      new Rule<>("RAdam", RAdam::builder, RAdam.Builder::build),
      new Rule<>("NAdam", NAdam::builder, NAdam.Builder::build),
      new Rule<>("AdaMax", AdaMax::builder, AdaMax.Builder::build),
      new Rule<>("SignSgd", SignSgd::builder, SignSgd.Builder::build),
      new Rule<>("Signum", Signum::builder, Signum.Builder::build),
      new Rule<>("Lion", Lion::builder, Lion.Builder::build),
      new Rule<>("Qhm", Qhm::builder, Qhm.Builder::build),
      new Rule<>("QhAdam", QhAdam::builder, QhAdam.Builder::build),
      new Rule<>("AdaBelief", AdaBelief::builder, AdaBelief.Builder::build),
      new Rule<>("Adan", Adan::builder, Adan.Builder::build),
      new Rule<>("Lamb", Lamb::builder, Lamb.Builder::build),
      new Rule<>("Asgd", Asgd::builder, Asgd.Builder::build),
      new Rule<>("Rprop", Rprop::builder, Rprop.Builder::build),
      new Rule<>("Ftrl", Ftrl::builder, Ftrl.Builder::build),
      new Rule<>("NovoGrad", NovoGrad::builder, NovoGrad.Builder::build),
      new Rule<>("Lars", Lars::builder, Lars.Builder::build),
      new Rule<>("Adafactor", Adafactor::builder, Adafactor.Builder::build),
      new Rule<>("Prodigy", Prodigy::builder, Prodigy.Builder::build),
      new Rule<>("DAdaptAdam", DAdaptAdam::builder, DAdaptAdam.Builder::build),
      new Rule<>("DAdaptSgd", DAdaptSgd::builder, DAdaptSgd.Builder::build),
      new Rule<>("Muon", Muon::builder, Muon.Builder::build));

  private Rules() {}

  /**
   * An update rule.
   *
   * @param <B> its builder
   * @param id its name in state files, networks and texts
   * @param builder starts from its defaults
   * @param build ends that
   */
  public record Rule<B extends UpdateRule.Builder<B>>(
      String id, Supplier<B> builder, Function<B, UpdateRule> build) {

    /**
     * Makes one.
     *
     * @param settings are made ahead
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public UpdateRule make(Consumer<? super B> settings) {
      B started = builder.get();
      settings.accept(started);
      return build.apply(started);
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
