[Mia] A girl with black hair.
[Rex] A dog.
[Ada] A woman with short hair.
[Bit] A robot.
[Leo] A boy with glasses.
[Tom] A cat.

[Mia] standing in the kitchen, sad #Mia: Rex is gone!
[Mia] and [Rex] in the park, happy #Mia: There you are!
[Ada] typing on her laptop in the office #Ada: One more line of code...
[Ada] and [Bit] argue in the office, angry #Bit: Tabs. | Ada: Spaces!
[Leo] walking in the forest at night #Leo has heard something.
[Leo] and [Tom] in the bedroom, surprised #Leo: It was only Tom.
